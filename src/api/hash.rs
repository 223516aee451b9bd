//! Names of revisions: the hash of S44.

/// 32-bit FNV-1 (not 1a).
pub fn fnv1(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811c_9dc5, |hash: u32, byte| hash.wrapping_mul(0x0100_0193) ^ u32::from(*byte))
}

/// The hash of revision data with a collision count, as it ends the name of a revision: `7db594cfbd`.
pub fn revision_hash(data: &str, collision: i64) -> String {
    let mut input = Vec::from(data);
    input.extend_from_slice(collision.to_string().as_bytes());
    safe_encode(fnv1(&input))
}

/// A number in the alphabet without vowels that Kubernetes uses for generated names.
pub fn safe_encode(hash: u32) -> String {
    const ALPHABET: &[u8; 27] = b"bcdfghjklmnpqrstvwxz2456789";
    hash.to_string().bytes().map(|digit| ALPHABET[usize::from(digit) % ALPHABET.len()] as char).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_values_come_out() {
        // H3 and H5 of the specification, whose whole text is printed there.
        let data = r#"{"spec":{"template":{"$patch":"replace","metadata":{"labels":{"app":"nginx-stateful"}},"spec":{"containers":[{"image":"nginx","imagePullPolicy":"Always","name":"nginx","resources":{},"terminationMessagePath":"/dev/termination-log","terminationMessagePolicy":"File"}],"dnsPolicy":"ClusterFirst","restartPolicy":"Always","schedulerName":"default-scheduler","securityContext":{},"terminationGracePeriodSeconds":30}}}}"#;
        assert_eq!(fnv1(format!("{data}0").as_bytes()), 2877536270);
        assert_eq!(revision_hash(data, 0), "6dcc97b6c4");
        assert_eq!(revision_hash(data, 1), "6dcc97b6c5");
    }
}
