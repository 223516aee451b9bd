//! Who needs whom: functions and pieces of data of the linked module, and which of them the page can do without.
//!
//! The linker is asked to leave its relocations (`--emit-relocs`). They say, for every function and every constant,
//! which functions and which constants it names, even where the finished module shows a bare number. Functions are
//! known by their mangled names, which later tools keep; data is known by its address, which nothing moves.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use wasmparser::{
    BinaryReader, KnownCustom, Linking, LinkingSectionReader, Name, Parser, Payload, RelocationType,
    SymbolInfo, TypeRef,
};

/// What stays out of the page's own module.
pub struct Later {
    /// Mangled names of functions.
    pub functions: BTreeSet<String>,
    /// Addresses of data that nobody in the page's own module reads.
    pub data: Vec<Range<u32>>,
}

/// A function (its index) or a constant (its symbol's index).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Thing {
    Function(u32),
    Data(u32),
}

#[derive(Default)]
struct Linked {
    names: BTreeMap<u32, String>,
    exported: Vec<u32>,
    /// Where each function's body stands in the code section.
    bodies: Vec<(Range<usize>, u32)>,
    /// Symbols: a function's index, or a constant's address and length.
    functions: BTreeMap<u32, u32>,
    data: BTreeMap<u32, Range<u32>>,
    calls: Vec<(Thing, Thing)>,
}

/// Sorts the linked module `bytes` into now and later. A function whose name `is_later` accepts comes later, and so
/// does what only such functions need; `roots` names functions that the outside calls besides the exported ones.
pub fn later(
    bytes: &[u8],
    roots: &BTreeSet<String>,
    is_later: impl Fn(&str) -> bool,
) -> wasmparser::Result<Later> {
    let linked = read(bytes)?;
    let seed = |thing: Thing| match thing {
        Thing::Function(index) => linked.names.get(&index).is_some_and(|name| is_later(name)),
        Thing::Data(_) => false,
    };
    let mut next: BTreeMap<Thing, Vec<Thing>> = BTreeMap::new();
    for (from, to) in &linked.calls {
        next.entry(*from).or_default().push(*to);
    }
    let named = linked.names.iter().filter(|(_, name)| roots.contains(*name)).map(|(index, _)| *index);
    let mut stack: Vec<Thing> = linked.exported.iter().copied().chain(named).map(Thing::Function).collect();
    let mut now = BTreeSet::new();
    while let Some(thing) = stack.pop() {
        if !seed(thing) && now.insert(thing) {
            stack.extend(next.get(&thing).into_iter().flatten());
        }
    }

    let functions = linked.bodies.iter().map(|(_, index)| *index);
    let later: BTreeSet<u32> = functions.filter(|index| !now.contains(&Thing::Function(*index))).collect();
    let name = |index: &u32| linked.names.get(index).cloned();
    let kept: Vec<&Range<u32>> = linked
        .data
        .iter()
        .filter(|(symbol, _)| now.contains(&Thing::Data(**symbol)))
        .map(|(_, range)| range)
        .collect();
    let gone = linked.data.iter().filter(|(symbol, _)| !now.contains(&Thing::Data(**symbol)));
    Ok(Later {
        functions: later.iter().filter_map(name).collect(),
        data: without(gone.map(|(_, range)| range.clone()).collect(), &kept),
    })
}

/// The parts of `ranges` that no range of `kept` covers, in order and joined.
fn without(mut ranges: Vec<Range<u32>>, kept: &[&Range<u32>]) -> Vec<Range<u32>> {
    let mut kept: Vec<Range<u32>> = kept.iter().map(|range| (*range).clone()).collect();
    for list in [&mut ranges, &mut kept] {
        list.retain(|range| !range.is_empty());
        list.sort_by_key(|range| range.start);
    }
    let mut out: Vec<Range<u32>> = Vec::new();
    let mut at = 0;
    for range in ranges {
        let mut start = range.start.max(at);
        at = at.max(range.end);
        for keep in kept.iter().filter(|keep| keep.end > range.start && keep.start < range.end) {
            if keep.start > start {
                push(&mut out, start..keep.start);
            }
            start = start.max(keep.end);
        }
        if start < range.end {
            push(&mut out, start..range.end);
        }
    }
    out
}

fn push(out: &mut Vec<Range<u32>>, range: Range<u32>) {
    match out.last_mut() {
        Some(last) if last.end == range.start => last.end = range.end,
        _ => out.push(range),
    }
}

fn read(bytes: &[u8]) -> wasmparser::Result<Linked> {
    let mut linked = Linked::default();
    let mut imported = 0;
    let mut segments: Vec<(u32, usize)> = Vec::new();
    let mut code_start = 0;
    let mut relocations = Vec::new();
    for payload in Parser::new(0).parse_all(bytes) {
        match payload? {
            Payload::ImportSection(section) => {
                for import in section.into_imports() {
                    imported += u32::from(matches!(import?.ty, TypeRef::Func(_)));
                }
            }
            Payload::ExportSection(section) => {
                for export in section {
                    let export = export?;
                    if export.kind == wasmparser::ExternalKind::Func {
                        linked.exported.push(export.index);
                    }
                }
            }
            Payload::CodeSectionStart { range, .. } => code_start = range.start,
            Payload::CodeSectionEntry(body) => {
                let range = body.range();
                let index = imported + linked.bodies.len() as u32;
                linked.bodies.push((range.start - code_start..range.end - code_start, index));
            }
            Payload::DataSection(section) => {
                let data_start = section.range().start;
                for data in section {
                    let data = data?;
                    segments.push((active_address(&data), data.range.end - data.data.len() - data_start));
                }
            }
            Payload::CustomSection(section) if section.name().starts_with("reloc.") => {
                let whose = section.name().to_string();
                relocations.push((whose, BinaryReader::new(section.data(), 0)));
            }
            Payload::CustomSection(section) if section.name() == "linking" => {
                let reader = BinaryReader::new(section.data(), 0);
                symbols(LinkingSectionReader::new(reader)?, &segments, &mut linked)?;
            }
            Payload::CustomSection(section) => {
                if let KnownCustom::Name(names) = section.as_known() {
                    for part in names {
                        if let Name::Function(map) = part? {
                            for naming in map {
                                let naming = naming?;
                                linked.names.insert(naming.index, naming.name.to_string());
                            }
                        }
                    }
                }
            }
            _ => {}
        }
    }
    for (whose, reader) in relocations {
        let in_code = whose == "reloc.CODE";
        for entry in wasmparser::RelocSectionReader::new(reader)?.entries() {
            let entry = entry?;
            let offset = entry.offset as usize;
            let from = if in_code {
                linked.function_at(offset).into_iter().collect()
            } else {
                let segment = segments.iter().rev().find(|(_, start)| *start <= offset);
                segment
                    .map_or(Vec::new(), |(address, start)| linked.data_at(address + (offset - start) as u32))
            };
            let function = linked.functions.get(&entry.index).copied();
            let to = match entry.ty {
                RelocationType::FunctionIndexLeb
                | RelocationType::TableIndexSleb
                | RelocationType::TableIndexI32 => function.map(Thing::Function),
                RelocationType::MemoryAddrLeb
                | RelocationType::MemoryAddrSleb
                | RelocationType::MemoryAddrI32 => Some(Thing::Data(entry.index)),
                _ => None,
            };
            linked.calls.extend(
                from.into_iter().zip(std::iter::repeat(to)).filter_map(|(from, to)| Some((from, to?))),
            );
        }
    }
    Ok(linked)
}

impl Linked {
    /// The function whose body holds the byte at `offset` of the code section.
    fn function_at(&self, offset: usize) -> Option<Thing> {
        let after = self.bodies.partition_point(|(range, _)| range.end <= offset);
        let body = self.bodies.get(after).filter(|(range, _)| range.contains(&offset));
        body.map(|(_, index)| Thing::Function(*index))
    }

    /// Every constant that holds `address`: several names may stand for one place.
    fn data_at(&self, address: u32) -> Vec<Thing> {
        let holds = self.data.iter().filter(|(_, range)| range.contains(&address));
        holds.map(|(symbol, _)| Thing::Data(*symbol)).collect()
    }
}

/// Where a segment is put.
fn active_address(data: &wasmparser::Data) -> u32 {
    let wasmparser::DataKind::Active { offset_expr, .. } = &data.kind else { return 0 };
    match offset_expr.get_operators_reader().read() {
        Ok(wasmparser::Operator::I32Const { value }) => value as u32,
        _ => 0,
    }
}

fn symbols(
    linking: LinkingSectionReader,
    segments: &[(u32, usize)],
    linked: &mut Linked,
) -> wasmparser::Result<()> {
    for part in linking.subsections() {
        let Linking::SymbolTable(table) = part? else { continue };
        for (at, symbol) in (0..).zip(table) {
            match symbol? {
                SymbolInfo::Func { index, .. } => {
                    linked.functions.insert(at, index);
                }
                SymbolInfo::Data { symbol: Some(place), .. } => {
                    if let Some((address, _)) = segments.get(place.index as usize) {
                        let start = address + place.offset;
                        linked.data.insert(at, start..start + place.size);
                    }
                }
                _ => {}
            }
        }
    }
    Ok(())
}
