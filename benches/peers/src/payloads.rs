//! What the tokens carry, as each library wants it typed.

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Map, Value, json};

/// Dates that hold for every clock: some libraries take no other second than that of the system.
pub const NBF: u64 = 1_700_000_000;
pub const NOW: u64 = 1_800_000_000;
pub const EXP: u64 = 4_102_444_800;

pub trait Payload: Serialize + DeserializeOwned {
    /// What is left to a type of one's own where the library's own type has taken `exp`, `nbf` and `iat`.
    type WithoutDates: DeserializeOwned;
    /// The same where it has taken every registered claim.
    type Custom: DeserializeOwned;

    fn exp(&self) -> Option<u64>;

    fn nbf(&self) -> Option<u64> {
        None
    }
}

#[derive(Serialize, Deserialize)]
pub struct UserId {
    user_id: u64,
    exp: u64,
}

#[derive(Deserialize)]
#[expect(dead_code)]
pub struct One {
    user_id: u64,
}

impl Payload for UserId {
    type WithoutDates = One;
    type Custom = One;

    fn exp(&self) -> Option<u64> {
        Some(self.exp)
    }
}

#[derive(Serialize, Deserialize)]
pub struct Ten {
    iss: String,
    sub: String,
    aud: String,
    exp: u64,
    nbf: u64,
    iat: u64,
    jti: String,
    name: String,
    email: String,
    roles: Vec<String>,
}

#[derive(Deserialize)]
#[expect(dead_code)]
pub struct Seven {
    iss: String,
    sub: String,
    aud: String,
    jti: String,
    name: String,
    email: String,
    roles: Vec<String>,
}

#[derive(Deserialize)]
#[expect(dead_code)]
pub struct Three {
    name: String,
    email: String,
    roles: Vec<String>,
}

impl Payload for Ten {
    type WithoutDates = Seven;
    type Custom = Three;

    fn exp(&self) -> Option<u64> {
        Some(self.exp)
    }

    fn nbf(&self) -> Option<u64> {
        Some(self.nbf)
    }
}

#[derive(Serialize, Deserialize)]
pub struct Large {
    exp: u64,
    items: Vec<String>,
}

#[derive(Deserialize)]
#[expect(dead_code)]
pub struct Items {
    items: Vec<String>,
}

impl Payload for Large {
    type WithoutDates = Items;
    type Custom = Items;

    fn exp(&self) -> Option<u64> {
        Some(self.exp)
    }
}

impl Payload for Map<String, Value> {
    type WithoutDates = Self;
    type Custom = Self;

    fn exp(&self) -> Option<u64> {
        self.get("exp")?.as_u64()
    }

    fn nbf(&self) -> Option<u64> {
        self.get("nbf")?.as_u64()
    }
}

/// 33 bytes.
pub fn user_id() -> UserId {
    UserId { user_id: 1234, exp: EXP }
}

/// About 350 bytes.
pub fn ten() -> Ten {
    Ten {
        iss: "https://issuer.example/".into(),
        sub: "248289761001".into(),
        aud: "https://api.example/".into(),
        exp: EXP,
        nbf: NBF,
        iat: NBF,
        jti: "d9428888-122b-11e1-b85c-61cd3cbb3210".into(),
        name: "Jane Doe, an example of a name".into(),
        email: "jane.doe@example.org".into(),
        roles: ["reader", "writer", "administrator", "operator", "moderator", "translator", "auditor"].map(String::from).into(),
    }
}

/// About 4 KB.
pub fn large() -> Large {
    Large { exp: EXP, items: (0..175).map(|i| format!("item {i:04} of the list")).collect() }
}

/// The same claims for those who have no type of their own.
pub fn as_map(claims: &impl Serialize) -> Map<String, Value> {
    let Ok(Value::Object(map)) = serde_json::to_value(claims) else { unreachable!() };
    map
}

/// A hundred members.
pub fn hundred() -> Map<String, Value> {
    (1..100).map(|i| (format!("claim_{i}"), json!(i))).chain([("exp".into(), json!(EXP))]).collect()
}

/// About 3 KB.
pub fn objects() -> Map<String, Value> {
    let object = |i| json!({"id": i, "name": format!("name {i:02}"), "owner": {"login": "joe", "admin": false}, "score": 12});
    as_map(&json!({"exp": EXP, "items": (0..40).map(object).collect::<Vec<_>>()}))
}
