//! Cuts a module in two that share a memory, a table and the stack.
//!
//! The first holds what the page needs at once. Where it calls a function that comes later, it finds a stub, which calls
//! through the function's place in the table; the second module fills that place when it is instantiated, and until
//! then such a call traps. Everything the second module takes from the first is exported under short names that begin
//! with [`SHARED`], and imported from a module of that name.

use crate::graph::Later;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use wasm_encoder::reencode::{self, Reencode};
use wasm_encoder::{
    CodeSection, ConstExpr, DataSection, ElementSection, Elements, EntityType, ExportKind, ExportSection,
    Function, FunctionSection, GlobalSection, ImportSection, Instruction, MemorySection, Module,
    TableSection, TypeSection,
};
use wasmparser::{
    ElementItems, ElementKind, ExternalKind, FunctionBody, KnownCustom, Name, Operator, Parser, Payload,
    TypeRef,
};

/// The module name of what the two share.
const SHARED: &str = "$";

/// Why a module cannot be cut.
pub type Error = Box<dyn std::error::Error>;

type Result<T> = std::result::Result<T, Error>;

/// The two modules.
pub struct Halves {
    /// What the page needs at once.
    pub now: Vec<u8>,
    /// The rest.
    pub later: Vec<u8>,
}

/// A module read as far as cutting it needs.
struct Whole<'a> {
    types: Vec<wasmparser::FuncType>,
    imports: Vec<wasmparser::Import<'a>>,
    /// The type of every function, imported ones first.
    functions: Vec<u32>,
    imported: u32,
    tables: Vec<wasmparser::Table<'a>>,
    memories: Vec<wasmparser::MemoryType>,
    globals: Vec<wasmparser::Global<'a>>,
    exports: Vec<wasmparser::Export<'a>>,
    start: Option<u32>,
    /// The table's places: (place, function).
    places: Vec<(u32, u32)>,
    bodies: Vec<FunctionBody<'a>>,
    data: Vec<(u32, &'a [u8])>,
    names: BTreeMap<u32, String>,
}

/// The names of functions that the outside calls: exports, the start function, what it hands to its host.
pub fn roots(bytes: &[u8]) -> Result<BTreeSet<String>> {
    let whole = read(bytes)?;
    let exported =
        whole.exports.iter().filter(|export| export.kind == ExternalKind::Func).map(|export| export.index);
    let shims =
        (whole.imported..whole.functions.len() as u32).filter(|index| !whole.names.contains_key(index));
    let all: BTreeSet<u32> = exported.chain(whole.start).chain(shims).collect();
    let mut roots: BTreeSet<String> =
        all.iter().filter_map(|index| whole.names.get(index).cloned()).collect();
    // A shim of the binding generator has no name of the linked module: what it calls is called by the outside.
    for index in all.iter().filter(|index| **index >= whole.imported) {
        for callee in callees(&whole.bodies[(index - whole.imported) as usize])? {
            roots.extend(whole.names.get(&callee).cloned());
        }
    }
    Ok(roots)
}

/// The named functions and the sizes of their bodies.
pub fn sizes(bytes: &[u8]) -> Result<Vec<(String, usize)>> {
    let whole = read(bytes)?;
    let bodies = (whole.imported..).zip(&whole.bodies);
    let named =
        |(index, body): (u32, &FunctionBody)| Some((whole.names.get(&index)?.clone(), body.range().len()));
    Ok(bodies.filter_map(named).collect())
}

/// The functions of the second half that the first calls.
pub fn crossings(bytes: &[u8], later: &Later) -> Result<BTreeSet<String>> {
    let whole = read(bytes)?;
    let is_later = |index: &u32| whole.names.get(index).is_some_and(|name| later.functions.contains(name));
    let mut crossings = BTreeSet::new();
    for (index, body) in (whole.imported..).zip(&whole.bodies) {
        if !is_later(&index) {
            let called = callees(body)?.into_iter().filter(is_later);
            crossings.extend(called.filter_map(|callee| whole.names.get(&callee).cloned()));
        }
    }
    Ok(crossings)
}

/// Cuts `bytes`.
pub fn cut(bytes: &[u8], later: &Later) -> Result<Halves> {
    let whole = read(bytes)?;
    let all = whole.imported..whole.functions.len() as u32;
    let named =
        |index: &u32, set: &BTreeSet<String>| whole.names.get(index).is_some_and(|name| set.contains(name));
    let apart: BTreeSet<u32> = all.clone().filter(|index| named(index, &later.functions)).collect();

    // Which functions cross the cut, either way.
    let (mut stubs, mut lent) = (BTreeSet::new(), BTreeSet::new());
    for index in all.clone() {
        for callee in callees(&whole.bodies[(index - whole.imported) as usize])? {
            match (apart.contains(&index), apart.contains(&callee)) {
                (false, true) => _ = stubs.insert(callee),
                (true, false) => _ = lent.insert(callee),
                _ => {}
            }
        }
    }
    for export in whole.exports.iter().filter(|export| export.kind == ExternalKind::Func) {
        if apart.contains(&export.index) {
            stubs.insert(export.index);
        }
    }

    // Their places in the table: the ones they have, or new ones at its end.
    let mut place: BTreeMap<u32, u32> =
        whole.places.iter().map(|(place, function)| (*function, *place)).collect();
    let end = whole.tables[0].ty.initial as u32;
    let homeless: Vec<u32> = stubs.iter().copied().filter(|index| !place.contains_key(index)).collect();
    place.extend(homeless.iter().zip(end..).map(|(index, place)| (*index, place)));

    let cut = Cut { whole: &whole, later, apart: &apart, stubs: &stubs, lent: &lent, place: &place };
    let table_size = end + homeless.len() as u32;
    Ok(Halves { now: cut.now(table_size)?, later: cut.later(table_size)? })
}

struct Cut<'a> {
    whole: &'a Whole<'a>,
    later: &'a Later,
    /// Functions of the second module.
    apart: &'a BTreeSet<u32>,
    /// Those of them that the first calls.
    stubs: &'a BTreeSet<u32>,
    /// Functions of the first module that the second calls.
    lent: &'a BTreeSet<u32>,
    /// Where in the table a function stands.
    place: &'a BTreeMap<u32, u32>,
}

/// Gives functions their new numbers; everything else keeps its own.
struct Renumber(BTreeMap<u32, u32>);

impl Reencode for Renumber {
    type Error = std::convert::Infallible;

    fn function_index(&mut self, func: u32) -> std::result::Result<u32, reencode::Error<Self::Error>> {
        Ok(self.0.get(&func).copied().unwrap_or(u32::MAX))
    }
}

impl Cut<'_> {
    fn own(&self) -> impl Iterator<Item = u32> {
        self.whole.imported..self.whole.functions.len() as u32
    }

    fn types(&self, number: &mut Renumber) -> Result<TypeSection> {
        let mut types = TypeSection::new();
        for ty in &self.whole.types {
            let ty = number.func_type(ty.clone())?;
            types.ty().func_type(&ty);
        }
        Ok(types)
    }

    fn now(&self, table_size: u32) -> Result<Vec<u8>> {
        let whole = self.whole;
        let stays = |index: &u32| !self.apart.contains(index) || self.stubs.contains(index);
        let order = (0..whole.imported).chain(self.own().filter(stays));
        let mut number = Renumber(order.zip(0..).collect());
        let mut module = Module::new();
        module.section(&self.types(&mut number)?);
        let mut imports = ImportSection::new();
        for import in &whole.imports {
            imports.import(import.module, import.name, number.entity_type(import.ty)?);
        }
        module.section(&imports);
        let mut functions = FunctionSection::new();
        for index in self.own().filter(stays) {
            functions.function(whole.functions[index as usize]);
        }
        module.section(&functions);
        let mut tables = TableSection::new();
        for (at, table) in whole.tables.iter().enumerate() {
            let mut ty = number.table_type(table.ty)?;
            if at == 0 {
                ty.minimum = u64::from(table_size);
                ty.maximum = ty.maximum.map(|most| most.max(ty.minimum));
            }
            tables.table(ty);
        }
        module.section(&tables);
        let mut memories = MemorySection::new();
        for memory in &whole.memories {
            memories.memory(number.memory_type(*memory)?);
        }
        module.section(&memories);
        let mut globals = GlobalSection::new();
        for global in &whole.globals {
            number.parse_global(&mut globals, global.clone())?;
        }
        module.section(&globals);

        let mut exports = ExportSection::new();
        for export in &whole.exports {
            let index = number.external_index(export.kind, export.index)?;
            exports.export(export.name, number.export_kind(export.kind)?, index);
        }
        for (kind, letter, count) in self.shared() {
            for index in 0..count {
                exports.export(&format!("{SHARED}{letter}{index}"), kind, index);
            }
        }
        for (at, index) in self.lent.iter().enumerate() {
            exports.export(&format!("{SHARED}{at}"), ExportKind::Func, number.0[index]);
        }
        module.section(&exports);
        if let Some(start) = whole.start {
            module.section(&wasm_encoder::StartSection { function_index: number.0[&start] });
        }

        let filled: BTreeMap<u32, u32> =
            self.place.iter().map(|(function, place)| (*place, *function)).collect();
        let filled = filled.into_iter().filter(|(_, function)| !self.apart.contains(function));
        module.section(&elements(filled.map(|(place, function)| (place, number.0[&function]))));

        let mut code = CodeSection::new();
        for index in self.own().filter(stays) {
            if self.apart.contains(&index) {
                code.function(&self.stub(index));
            } else {
                number.parse_function_body(
                    &mut code,
                    whole.bodies[(index - whole.imported) as usize].clone(),
                )?;
            }
        }
        module.section(&code);
        module.section(&self.data(false));
        module.section(&self.names(&number));
        Ok(module.finish())
    }

    fn later(&self, table_size: u32) -> Result<Vec<u8>> {
        let whole = self.whole;
        let order = self.lent.iter().chain(self.apart).copied();
        let mut number = Renumber(order.zip(0..).collect());
        let mut module = Module::new();
        module.section(&self.types(&mut number)?);
        let mut imports = ImportSection::new();
        for (at, index) in self.lent.iter().enumerate() {
            let ty = EntityType::Function(whole.functions[*index as usize]);
            imports.import(SHARED, &format!("{SHARED}{at}"), ty);
        }
        for (kind, letter, count) in self.shared() {
            for index in 0..count {
                let ty = match kind {
                    ExportKind::Table => {
                        let mut ty = number.table_type(whole.tables[index as usize].ty)?;
                        if index == 0 {
                            ty.minimum = u64::from(table_size);
                        }
                        ty.maximum = None;
                        EntityType::Table(ty)
                    }
                    ExportKind::Memory => EntityType::Memory(wasm_encoder::MemoryType {
                        minimum: 1,
                        maximum: None,
                        memory64: false,
                        shared: false,
                        page_size_log2: None,
                    }),
                    _ => EntityType::Global(number.global_type(whole.globals[index as usize].ty)?),
                };
                imports.import(SHARED, &format!("{SHARED}{letter}{index}"), ty);
            }
        }
        module.section(&imports);
        let mut functions = FunctionSection::new();
        for index in self.apart {
            functions.function(whole.functions[*index as usize]);
        }
        module.section(&functions);
        let filled: BTreeMap<u32, u32> =
            self.place.iter().map(|(function, place)| (*place, *function)).collect();
        let filled = filled.into_iter().filter(|(_, function)| self.apart.contains(function));
        module.section(&elements(filled.map(|(place, function)| (place, number.0[&function]))));
        let mut code = CodeSection::new();
        for index in self.apart {
            number.parse_function_body(&mut code, whole.bodies[(index - whole.imported) as usize].clone())?;
        }
        module.section(&code);
        module.section(&self.data(true));
        module.section(&self.names(&number));
        Ok(module.finish())
    }

    /// What the two halves have in common besides functions: kind, letter of its name, how many.
    fn shared(&self) -> [(ExportKind, char, u32); 3] {
        [
            (ExportKind::Memory, 'm', self.whole.memories.len() as u32),
            (ExportKind::Table, 't', self.whole.tables.len() as u32),
            (ExportKind::Global, 'g', self.whole.globals.len() as u32),
        ]
    }

    /// The functions' names by their new numbers, for whoever looks for one: the optimiser drops them.
    fn names(&self, number: &Renumber) -> wasm_encoder::NameSection {
        let named = number.0.iter().filter_map(|(old, new)| Some((*new, self.whole.names.get(old)?)));
        let mut functions = wasm_encoder::NameMap::new();
        for (index, name) in named.collect::<BTreeMap<u32, _>>() {
            functions.append(index, name);
        }
        let mut names = wasm_encoder::NameSection::new();
        names.functions(&functions);
        names
    }

    /// Calls the function at `index` where the second module puts it.
    fn stub(&self, index: u32) -> Function {
        let ty = self.whole.functions[index as usize];
        let mut body = Function::new([]);
        for local in 0..self.whole.types[ty as usize].params().len() as u32 {
            body.instruction(&Instruction::LocalGet(local));
        }
        body.instruction(&Instruction::I32Const(self.place[&index] as i32));
        body.instruction(&Instruction::CallIndirect { type_index: ty, table_index: 0 });
        body.instruction(&Instruction::End);
        body
    }

    /// The data of one half: the runs that are its own and not zero, which memory is anyway.
    fn data(&self, later: bool) -> DataSection {
        let mut section = DataSection::new();
        for (address, bytes) in &self.whole.data {
            let end = address + bytes.len() as u32;
            let mut own = vec![!later; bytes.len()];
            for range in &self.later.data {
                let range =
                    range.start.clamp(*address, end) - address..range.end.clamp(*address, end) - address;
                own[range.start as usize..range.end as usize].fill(later);
            }
            for run in runs(&own, bytes) {
                let offset = ConstExpr::i32_const((address + run.start as u32) as i32);
                section.active(0, &offset, bytes[run].iter().copied());
            }
        }
        section
    }
}

/// Stretches of own bytes, joined over short gaps: a segment of its own costs some eight bytes. What a gap holds
/// must not be written (the other half owns it), so only zeros of our own are bridged.
fn runs(own: &[bool], bytes: &[u8]) -> Vec<Range<usize>> {
    let mut runs: Vec<Range<usize>> = Vec::new();
    for at in (0..bytes.len()).filter(|at| own[*at] && bytes[*at] != 0) {
        match runs.last_mut() {
            Some(run) if at - run.end < 8 && own[run.end..at].iter().all(|own| *own) => run.end = at + 1,
            _ => runs.push(at..at + 1),
        }
    }
    runs
}

/// Segments for the places of the table that are filled, in order.
fn elements(filled: impl Iterator<Item = (u32, u32)>) -> ElementSection {
    let mut section = ElementSection::new();
    let mut run: Vec<u32> = Vec::new();
    let mut start = 0;
    let mut flush = |start: u32, run: &mut Vec<u32>| {
        if !run.is_empty() {
            section.active(
                None,
                &ConstExpr::i32_const(start as i32),
                Elements::Functions(run.as_slice().into()),
            );
            run.clear();
        }
    };
    for (place, function) in filled {
        if start + run.len() as u32 != place {
            flush(start, &mut run);
            start = place;
        }
        run.push(function);
    }
    flush(start, &mut run);
    section
}

fn callees(body: &FunctionBody) -> Result<Vec<u32>> {
    let mut out = Vec::new();
    for operator in body.get_operators_reader()? {
        match operator? {
            Operator::Call { function_index } | Operator::RefFunc { function_index } => {
                out.push(function_index)
            }
            _ => {}
        }
    }
    Ok(out)
}

fn read(bytes: &[u8]) -> Result<Whole<'_>> {
    let mut whole = Whole {
        types: Vec::new(),
        imports: Vec::new(),
        functions: Vec::new(),
        imported: 0,
        tables: Vec::new(),
        memories: Vec::new(),
        globals: Vec::new(),
        exports: Vec::new(),
        start: None,
        places: Vec::new(),
        bodies: Vec::new(),
        data: Vec::new(),
        names: BTreeMap::new(),
    };
    for payload in Parser::new(0).parse_all(bytes) {
        match payload? {
            Payload::TypeSection(section) => {
                whole.types = section.into_iter_err_on_gc_types().collect::<std::result::Result<_, _>>()?;
            }
            Payload::ImportSection(section) => {
                for import in section.into_imports() {
                    let import = import?;
                    match import.ty {
                        TypeRef::Func(ty) => whole.functions.push(ty),
                        _ => return Err(format!("{} is imported, and is no function", import.name).into()),
                    }
                    whole.imports.push(import);
                }
                whole.imported = whole.functions.len() as u32;
            }
            Payload::FunctionSection(section) => {
                for ty in section {
                    whole.functions.push(ty?);
                }
            }
            Payload::TableSection(section) => {
                whole.tables = section.into_iter().collect::<std::result::Result<_, _>>()?;
            }
            Payload::MemorySection(section) => {
                whole.memories = section.into_iter().collect::<std::result::Result<_, _>>()?;
            }
            Payload::GlobalSection(section) => {
                whole.globals = section.into_iter().collect::<std::result::Result<_, _>>()?;
            }
            Payload::ExportSection(section) => {
                whole.exports = section.into_iter().collect::<std::result::Result<_, _>>()?;
            }
            Payload::StartSection { func, .. } => whole.start = Some(func),
            Payload::ElementSection(section) => {
                for element in section {
                    let element = element?;
                    let ElementKind::Active { table_index: None | Some(0), offset_expr } = element.kind
                    else {
                        return Err("an element segment that is not active".into());
                    };
                    let start = constant(&offset_expr)?;
                    let ElementItems::Functions(functions) = element.items else {
                        return Err("an element segment of expressions".into());
                    };
                    for (place, function) in (start..).zip(functions) {
                        whole.places.push((place, function?));
                    }
                }
            }
            Payload::CodeSectionEntry(body) => whole.bodies.push(body),
            Payload::DataSection(section) => {
                for data in section {
                    let data = data?;
                    let wasmparser::DataKind::Active { offset_expr, .. } = &data.kind else {
                        return Err("a data segment that is not active".into());
                    };
                    whole.data.push((constant(offset_expr)?, data.data));
                }
            }
            Payload::CustomSection(section) => {
                let KnownCustom::Name(parts) = section.as_known() else { continue };
                for part in parts {
                    let Name::Function(map) = part? else { continue };
                    for naming in map {
                        let naming = naming?;
                        whole.names.insert(naming.index, naming.name.to_string());
                    }
                }
            }
            _ => {}
        }
    }
    if whole.names.is_empty() {
        return Err("the module has no names: they say what comes later".into());
    }
    Ok(whole)
}

fn constant(expression: &wasmparser::ConstExpr) -> Result<u32> {
    match expression.get_operators_reader().read()? {
        Operator::I32Const { value } => Ok(value as u32),
        _ => Err("a segment at a place that is not constant".into()),
    }
}
