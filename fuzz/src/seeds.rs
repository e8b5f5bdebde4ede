//! A corpus as a text file: an input a line, escaped as in Rust's byte strings, so that tokens can be read and compared.

/// The line of an input.
pub fn write(input: &[u8]) -> String {
    input.escape_ascii().to_string()
}

/// The input of a line; `None` if its escapes are not those that [`write()`] makes.
pub fn read(line: &str) -> Option<Vec<u8>> {
    let (mut input, mut bytes) = (Vec::new(), line.bytes());
    while let Some(byte) = bytes.next() {
        input.push(match byte {
            b'\\' => match bytes.next()? {
                b'x' => u8::from_str_radix(str::from_utf8(&[bytes.next()?, bytes.next()?]).ok()?, 16).ok()?,
                b't' => b'\t',
                b'r' => b'\r',
                b'n' => b'\n',
                quoted => quoted,
            },
            byte => byte,
        });
    }
    Some(input)
}
