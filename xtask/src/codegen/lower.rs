//! From a model to what a generated file says.
//!
//! A trait that the codecs do not honour yet is an error here, so that no service is spoken wrongly in silence.

use super::ir::{Call, Enum, ErrorLine, Field, Service, Structure};
use super::list::{Operations, ServiceEntry};
use super::model::{Kind, Metadata, Model, Operation, Reference, Shape};
use super::{names, shape_use};
use anyhow::{Context, Result, bail, ensure};
use std::collections::{BTreeMap, BTreeSet};

/// The output of an operation that the model gives none.
const UNIT: &str = "Unit";

/// Lowers the operations of the list and everything that they reach.
pub(super) fn lower(model: &Model, entry: &ServiceEntry) -> Result<Service> {
    let operations = wanted(model, entry)?;
    let metadata = &model.metadata;
    let mut service = Service {
        name: entry.name.clone(),
        signing_name: metadata.signing_name.as_ref().unwrap_or(&metadata.endpoint_prefix).clone(),
        endpoint_prefix: metadata.endpoint_prefix.clone(),
        target_prefix: metadata.target_prefix.clone().unwrap_or_default(),
        api_version: metadata.api_version.clone(),
        xml_namespace: metadata.xml_namespace.clone().unwrap_or_default(),
        protocols: protocols(metadata)?,
        enums: Vec::new(),
        structures: Vec::new(),
        operations: Vec::new(),
        errors: errors(model, &operations)?,
    };
    add_shapes(model, &operations, &mut service)?;
    add_error_members(model, &operations, &mut service)?;
    add_operations(model, &operations, &mut service)?;
    Ok(service)
}

fn wanted<'m>(model: &'m Model, entry: &ServiceEntry) -> Result<BTreeMap<&'m str, &'m Operation>> {
    let find = |name: &String| {
        let found = model.operations.get_key_value(name);
        found
            .map(|(name, operation)| (name.as_str(), operation))
            .with_context(|| format!("no operation {name}"))
    };
    match &entry.operations {
        Operations::All(_) => model.operations.keys().map(find).collect(),
        Operations::Some(names) => names.iter().map(find).collect(),
    }
}

/// The protocols of the service that are spoken here, in the model's order.
fn protocols(metadata: &Metadata) -> Result<Vec<&'static str>> {
    let json = || match metadata.json_version.as_deref() {
        Some("1.0") => Ok("AwsJson10"),
        Some("1.1") => Ok("AwsJson11"),
        other => bail!("unknown jsonVersion {other:?}"),
    };
    let mut spoken = Vec::new();
    for protocol in &metadata.protocols {
        match protocol.as_str() {
            "json" => spoken.push(json()?),
            "query" => spoken.push("AwsQuery"),
            _ => {}
        }
    }
    ensure!(!spoken.is_empty(), "none of the protocols {:?} is spoken yet", metadata.protocols);
    Ok(spoken)
}

fn add_shapes(model: &Model, operations: &BTreeMap<&str, &Operation>, service: &mut Service) -> Result<()> {
    for name in shape_use::reachable(model, roots(model, operations)?)? {
        let shape = model.shape(name)?;
        match (shape.kind, &shape.values) {
            (Kind::Structure, _) if !shape.document => {
                service.structures.push(structure(model, name, names::type_name(name))?);
            }
            (Kind::String, Some(values)) => service.enums.push(enumeration(name, values)?),
            _ => {}
        }
    }
    Ok(())
}

/// What the operations need under its own name: outputs, inputs that are not shared, and what stands in
/// shared inputs and in errors.
fn roots<'m>(model: &'m Model, operations: &BTreeMap<&str, &'m Operation>) -> Result<Vec<&'m str>> {
    let mut roots = Vec::new();
    let mut dissolved: Vec<&str> = error_names(operations).into_iter().collect();
    for operation in operations.values() {
        roots.extend(operation.output.iter().map(|output| output.shape.as_str()));
        let input = operation.input.iter().map(|input| input.shape.as_str());
        let (shared, own): (Vec<&str>, Vec<&str>) = input.partition(|input| is_shared(operations, input));
        roots.extend(own);
        dissolved.extend(shared);
    }
    for name in dissolved {
        roots.extend(model.shape(name)?.members.0.iter().map(|(_, member)| member.shape.as_str()));
    }
    Ok(roots)
}

/// Whether a shape is the input of several operations.
fn is_shared(operations: &BTreeMap<&str, &Operation>, shape: &str) -> bool {
    let inputs = operations.values().filter_map(|operation| operation.input.as_ref());
    inputs.filter(|input| input.shape == shape).count() > 1
}

fn enumeration(name: &str, values: &[String]) -> Result<Enum> {
    let variants: Vec<(String, String)> =
        values.iter().map(|value| (names::variant(value), value.clone())).collect();
    let distinct: BTreeSet<&String> = variants.iter().map(|(variant, _)| variant).collect();
    ensure!(distinct.len() == variants.len(), "two values of {name} have one Rust name");
    Ok(Enum { name: names::type_name(name), variants })
}

fn structure(model: &Model, name: &str, rust_name: String) -> Result<Structure> {
    let shape = model.shape(name)?;
    let members = shape.members.0.iter();
    let fields = members
        .map(|(member, reference)| {
            field(model, name, member, reference).with_context(|| format!("in {name}.{member}"))
        })
        .collect::<Result<Vec<Field>>>()?;
    let distinct: BTreeSet<&String> = fields.iter().map(|field| &field.name).collect();
    ensure!(distinct.len() == fields.len(), "two members of {name} have one Rust name");
    Ok(Structure { name: rust_name, fields })
}

fn field(model: &Model, structure: &str, member: &str, reference: &Reference) -> Result<Field> {
    let shape = model.shape(&reference.shape)?;
    refuse_unknown_traits(reference, shape)?;
    let mut rust_type = rust_type(model, &reference.shape)?;
    if shape.kind == Kind::Structure && shape_use::is_recursive(model, structure, &reference.shape)? {
        rust_type = format!("Box<{rust_type}>");
    }
    let is_required = model.shape(structure)?.required.iter().any(|required| required == member);
    let mut marks: Vec<String> = is_required.then(|| "required".to_owned()).into_iter().collect();
    marks.extend(value_marks(model, reference)?);
    let wire_name = reference.location_name.as_deref().unwrap_or(member).to_owned();
    Ok(Field { name: names::field(member), rust_type, wire_name, marks })
}

/// The marks that a member has from the shape of its values.
fn value_marks(model: &Model, reference: &Reference) -> Result<Vec<String>> {
    let shape = model.shape(&reference.shape)?;
    let mut marks = Vec::new();
    if shape_use::is_sensitive(model, &reference.shape)? {
        marks.push("sensitive".to_owned());
    }
    let is_flat = shape.flattened || reference.flattened;
    if is_flat {
        marks.push("flat".to_owned());
    }
    let item = shape.member.as_ref().and_then(|item| item.location_name.as_deref());
    let item = item.filter(|item| *item != "member");
    ensure!(item.is_none() || !is_flat, "flat lists with named items are not honoured yet");
    marks.extend(item.map(|item| format!("item({item:?})")));
    Ok(marks)
}

fn refuse_unknown_traits(reference: &Reference, shape: &Shape) -> Result<()> {
    ensure!(reference.location.is_none(), "the trait location is not honoured yet");
    let format = reference.timestamp_format.as_ref().or(shape.timestamp_format.as_ref());
    ensure!(format.is_none(), "the trait timestampFormat is not honoured yet");
    ensure!(!reference.xml_attribute, "the trait xmlAttribute is not honoured yet");
    let streams = reference.streaming || reference.eventstream || shape.streaming || shape.eventstream;
    ensure!(!streams, "streams are not honoured yet");
    let map_names = shape.key.iter().chain(&shape.value).any(|part| part.location_name.is_some());
    ensure!(!map_names, "the trait locationName of map keys and values is not honoured yet");
    Ok(())
}

fn rust_type(model: &Model, name: &str) -> Result<String> {
    let shape = model.shape(name)?;
    let part = |part: &Option<Reference>| {
        let reference = part.as_ref().with_context(|| format!("{name} says no type of its elements"))?;
        rust_type(model, &reference.shape)
    };
    Ok(match shape.kind {
        Kind::Structure if shape.document => "Document".to_owned(),
        Kind::Structure => names::type_name(name),
        Kind::List => format!("Vec<{}>", part(&shape.member)?),
        Kind::Map => format!("Map<{}>", part(&shape.value)?),
        Kind::String if shape.values.is_some() => names::type_name(name),
        Kind::String => "String".to_owned(),
        Kind::Integer => "i32".to_owned(),
        Kind::Long => "i64".to_owned(),
        // A decimal number keeps its digits on the way through f64, also when AWS stores fewer bits.
        Kind::Float | Kind::Double => "f64".to_owned(),
        Kind::Boolean => "bool".to_owned(),
        Kind::Timestamp => "Timestamp".to_owned(),
        Kind::Blob => "Blob".to_owned(),
    })
}

/// An input belongs to exactly one operation; one that is missing or shared gets a structure of its own.
fn add_operations(
    model: &Model,
    operations: &BTreeMap<&str, &Operation>,
    service: &mut Service,
) -> Result<()> {
    for (name, operation) in operations {
        let own_name = format!("{name}Input");
        let input = match &operation.input {
            Some(input) if !is_shared(operations, &input.shape) => names::type_name(&input.shape),
            Some(shared) => {
                service.structures.push(structure(model, &shared.shape, own_name.clone())?);
                own_name
            }
            None => {
                service.structures.push(Structure { name: own_name.clone(), fields: Vec::new() });
                own_name
            }
        };
        let output =
            operation.output.as_ref().map_or(UNIT.to_owned(), |output| names::type_name(&output.shape));
        let errors = operation.errors.iter().map(|error| names::type_name(&error.shape)).collect();
        service.operations.push(Call { name: (*name).to_owned(), input, output, errors });
    }
    Ok(())
}

fn errors(model: &Model, operations: &BTreeMap<&str, &Operation>) -> Result<Vec<ErrorLine>> {
    error_names(operations).into_iter().map(|name| error_line(model, name)).collect()
}

fn error_names<'m>(operations: &BTreeMap<&str, &'m Operation>) -> BTreeSet<&'m str> {
    let references = operations.values().flat_map(|operation| &operation.errors);
    references.map(|error| error.shape.as_str()).collect()
}

/// An error gets a structure only for what it has beside the message, which every error has.
fn add_error_members(
    model: &Model,
    operations: &BTreeMap<&str, &Operation>,
    service: &mut Service,
) -> Result<()> {
    for name in error_names(operations) {
        let mut members = structure(model, name, names::type_name(name))?;
        members.fields.retain(|field| field.name != "message");
        if !members.fields.is_empty() {
            service.structures.push(members);
        }
    }
    Ok(())
}

fn error_line(model: &Model, name: &str) -> Result<ErrorLine> {
    let shape = model.shape(name)?;
    let is_form_based = model.metadata.protocols.first().is_some_and(|protocol| protocol == "query");
    // In JSON an error is known by its shape's name; only XML has codes of their own.
    let code = shape.error.code.as_deref().filter(|_| is_form_based).unwrap_or(name);
    let (default_status, blame) = if shape.fault { (500, "Receiver") } else { (400, "Sender") };
    Ok(ErrorLine {
        name: names::type_name(name),
        code: code.to_owned(),
        status: shape.error.http_status_code.unwrap_or(default_status),
        blame,
    })
}
