//! Rust names for the model's names.

/// Keywords that may be a name when written as `r#name`.
const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn", "else",
    "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro",
    "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "static", "struct", "trait",
    "true", "try", "type", "typeof", "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// Names that a generated file uses for something else.
const TAKEN_TYPES: &[&str] = &[
    "Blob",
    "Box",
    "Default",
    "Document",
    "Err",
    "ErrorCode",
    "Map",
    "None",
    "Ok",
    "Operation",
    "Option",
    "Request",
    "Result",
    "Self",
    "Some",
    "String",
    "Timestamp",
    "Vec",
];

/// `containerPort` → `container_port`
pub(super) fn field(name: &str) -> String {
    let characters: Vec<char> = name.chars().collect();
    let mut snake = String::new();
    for (index, &character) in characters.iter().enumerate() {
        if !character.is_ascii_alphanumeric() {
            snake.push('_');
            continue;
        }
        if index > 0 && starts_word(&characters, index) {
            snake.push('_');
        }
        snake.push(character.to_ascii_lowercase());
    }
    if KEYWORDS.contains(&snake.as_str()) { format!("r#{snake}") } else { snake }
}

/// Whether a capital starts a word: behind a small letter or digit, or before a small letter.
fn starts_word(characters: &[char], index: usize) -> bool {
    let before = characters[index - 1];
    let ends_acronym =
        before.is_ascii_uppercase() && characters.get(index + 1).is_some_and(char::is_ascii_lowercase);
    let ends_word = before.is_ascii_lowercase() || before.is_ascii_digit();
    characters[index].is_ascii_uppercase() && (ends_word || ends_acronym)
}

/// `dateType` → `DateType`
pub(super) fn type_name(name: &str) -> String {
    let letters: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
    let name = capitalised(&letters);
    if TAKEN_TYPES.contains(&name.as_str()) { format!("{name}Shape") } else { name }
}

/// `SERVICE_STEADY_STATE` → `ServiceSteadyState`, `awsvpc` → `Awsvpc`, `x86_64` → `X8664`
pub(super) fn variant(value: &str) -> String {
    let words = value.split(|character: char| !character.is_ascii_alphanumeric());
    let name: String = words.map(word).collect();
    match name.chars().next() {
        None => "Empty".to_owned(),
        Some(digit) if digit.is_ascii_digit() => format!("V{name}"),
        Some(_) if name == "Unrecognized" || name == "Self" => format!("{name}Value"),
        Some(_) => name,
    }
}

fn word(word: &str) -> String {
    let is_shouted = !word.chars().any(|character| character.is_ascii_lowercase());
    capitalised(&if is_shouted { word.to_ascii_lowercase() } else { word.to_owned() })
}

fn capitalised(word: &str) -> String {
    let mut characters = word.chars();
    let first = characters.next().map(|character| character.to_ascii_uppercase());
    first.into_iter().chain(characters).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields() {
        for (name, want) in [
            ("containerPort", "container_port"),
            ("taskDefinitionArn", "task_definition_arn"),
            ("EKSClusterARN", "eks_cluster_arn"),
            ("type", "r#type"),
            ("ipv6Address", "ipv6_address"),
            ("x-amz-date", "x_amz_date"),
        ] {
            assert_eq!(field(name), want);
        }
    }

    #[test]
    fn types() {
        for (name, want) in
            [("dateType", "DateType"), ("PortMapping", "PortMapping"), ("String", "StringShape")]
        {
            assert_eq!(type_name(name), want);
        }
    }

    #[test]
    fn variants() {
        for (value, want) in [
            ("SERVICE_STEADY_STATE", "ServiceSteadyState"),
            ("awsvpc", "Awsvpc"),
            ("containerInsights", "ContainerInsights"),
            ("com.amazonaws.ecs.capability", "ComAmazonawsEcsCapability"),
            ("1.4.0", "V140"),
            ("", "Empty"),
        ] {
            assert_eq!(variant(value), want);
        }
    }
}
