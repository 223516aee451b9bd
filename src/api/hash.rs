//! Names of revisions (S44) and of the replica sets of a Deployment (S187).

use super::schema;
use super::value::Value;

/// 32-bit FNV-1 (not 1a).
pub fn fnv1(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811c_9dc5, |hash: u32, byte| hash.wrapping_mul(0x0100_0193) ^ u32::from(*byte))
}

/// 32-bit FNV-1a.
pub fn fnv1a(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811c_9dc5, |hash: u32, byte| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193))
}

/// `pod-template-hash` of a defaulted pod template in release 1.`minor` (S187); also names a DaemonSet's revisions.
pub fn template_hash(template: &Value, collision: Option<i64>, minor: u32) -> String {
    let mut input = schema::template_text(template, minor).into_bytes();
    if let Some(count) = collision {
        input.extend_from_slice(&(count as u64).to_le_bytes());
    }
    safe_encode(fnv1a(&input))
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

    #[test]
    fn templates_hash_as_on_real_clusters() {
        // D3 to D9 of the specification.
        let template = |label: &str, image: &str, policy: &str, ports: &str| {
            let text = format!(
                "metadata: {{labels: {{app: {label}}}}}\nspec:\n  containers:\n  - name: nginx\n    image: {image}\n    \
                 imagePullPolicy: {policy}\n    terminationMessagePath: /dev/termination-log\n    \
                 terminationMessagePolicy: File\n    resources: {{}}\n{ports}  restartPolicy: Always\n  dnsPolicy: \
                 ClusterFirst\n  schedulerName: default-scheduler\n  securityContext: {{}}\n  \
                 terminationGracePeriodSeconds: 30\n"
            );
            crate::api::manifest::parse(&text).unwrap().remove(0).value
        };
        let port = "    ports: [{containerPort: 80, protocol: TCP}]\n";
        let first = template("nginx", "nginx:1.14.2", "IfNotPresent", port);
        let second = template("nginx", "nginx:1.16.1", "IfNotPresent", port);
        for (template, collision, minor, hash) in [
            (&first, None, 33, "647677fc66"),
            (&first, None, 34, "bf744486c"),
            (&first, None, 35, "77bc6bd484"),
            (&second, None, 33, "8d94c585f"),
            (&second, None, 35, "57976869f5"),
            (&first, Some(1), 35, "798ddfc445"),
            (&template("web", "nginx", "Always", ""), None, 35, "68d995574f"),
        ] {
            assert_eq!(template_hash(template, collision, minor), hash, "1.{minor}");
        }
        // Recorded in `deploy-vs-sts` on 1.36.
        let image = "registry.k8s.io/nginx-slim";
        for (tag, hash) in [("0.21", "58bc49bf98"), ("0.24", "79f9448b75")] {
            let template = template("stateless", &format!("{image}:{tag}"), "IfNotPresent", port);
            assert_eq!(template_hash(&template, None, 36), hash, "{tag}");
        }
    }
}
