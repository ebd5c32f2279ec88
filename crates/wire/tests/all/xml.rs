//! Shapes into XML.

use crate::shapes::{Everything, full};
use gantry_wire::Structure;
use gantry_wire::codec::xml::XmlWriter;

fn write(value: &Everything) -> String {
    let mut writer = XmlWriter::default();
    value.write_members(&mut writer);
    writer.into_text()
}

#[test]
fn every_kind_of_member() {
    let want = concat!(
        "<text>a &quot;b&quot; &lt;c&gt; &amp; é😀\n</text><type>deep-blue</type><small>-5</small>",
        "<large>1099511627776</large><number>0.25</number><flag>true</flag>",
        "<time>2015-05-12T15:28:34.347Z</time><bytes>AP8H</bytes>",
        "<any>{&quot;a&quot;:[1,null]}</any>",
        "<list><member>x</member><member></member></list><namedList><name>y</name></namedList>",
        "<flatList>z</flatList><flatList>w</flatList>",
        "<lists><member><member>1</member><member>2</member></member><member></member></lists>",
        "<map><entry><key>k</key><value>1</value></entry><entry><key>l</key><value>2</value></entry></map>",
        "<mapOfStructures><entry><key>m</key><value><name>n</name><last>1</last></value></entry></mapOfStructures>",
        "<inner><name>o</name><password>p</password><last>1</last></inner>",
        "<inners><member><name>q</name><last>1</last></member><member><name>r</name><last>1</last></member></inners>",
        "<again><small>1</small></again>",
    );
    assert_eq!(write(&full()), want);
}

#[test]
fn what_xml_cannot_spell_is_replaced() {
    let text = Some("\0\u{b}\r\t\u{ffff}".to_owned());
    let value = Everything { text, number: Some(f64::NAN), ..Everything::default() };
    assert_eq!(write(&value), "<text>\u{fffd}\u{fffd}&#xD;\t\u{fffd}</text><number>NaN</number>");
}
