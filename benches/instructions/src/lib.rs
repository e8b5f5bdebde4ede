//! Only the bench is here.
