//! What a container's `image` may look like.
//! Source: the member `image` of ContainerDefinition.

/// Most characters of an image's name with its tag, or before its digest.
const CHARS_MAX: usize = 255;
/// Hexadecimal digits of a SHA-256.
const DIGEST_DIGITS: usize = 64;

/// Whether the text names an image: `repository:tag` or `repository@sha256:…`.
pub(super) fn is_valid(image: &str) -> bool {
    let (name, digest) = match image.split_once('@') {
        None => (image, None),
        Some((name, digest)) => (name, Some(digest)),
    };
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_:./#".contains(&byte);
    let named = (1..=CHARS_MAX).contains(&name.len()) && name.bytes().all(allowed);
    named && digest.is_none_or(is_digest)
}

fn is_digest(text: &str) -> bool {
    let Some(digits) = text.strip_prefix("sha256:") else { return false };
    digits.len() == DIGEST_DIGITS && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Whether an image is in a private ECR registry, such as `123456789012.dkr.ecr.us-east-1.amazonaws.com/web:1`.
pub(super) fn is_private_ecr(image: &str) -> bool {
    let Some((host, _)) = image.split_once('/') else { return false };
    host.contains(".dkr.ecr.") && host.contains(".amazonaws.com")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tags_and_digests() {
        let digest = format!("web@sha256:{}", "a1".repeat(32));
        for image in ["nginx", "gantry/hello:v1", "quay.io:443/a/b_c:1.0-rc", &digest, &"a".repeat(255)] {
            assert!(is_valid(image), "{image}");
        }
        let short = format!("web@sha256:{}", "a1".repeat(31));
        for image in ["", "a b", "web@md5:00", &short, &"a".repeat(256), "web@", "@sha256:00"] {
            assert!(!is_valid(image), "{image}");
        }
    }

    #[test]
    fn ecr_is_known_by_its_host() {
        assert!(is_private_ecr("123456789012.dkr.ecr.us-east-1.amazonaws.com/web:1"));
        for image in ["public.ecr.aws/nginx/nginx", "nginx", "docker.io/a.dkr.ecr.b.amazonaws.com"] {
            assert!(!is_private_ecr(image), "{image}");
        }
    }
}
