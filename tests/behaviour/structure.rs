//! How the code is divided, as a test reads it: no struct with too many fields, every inherent `impl` in one file with
//! its type, and no circle of imports between the files of a crate.
//! A module that uses its parent's types while the parent uses the module is such a circle as well.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use syn::{Item, UseTree, visit::Visit};

#[test]
fn no_struct_has_more_than_fifteen_fields() {
    let mut too_many = BTreeSet::new();
    for file in files() {
        for item in &file.items {
            if let Item::Struct(it) = item
                && it.fields.len() > MOST_FIELDS
            {
                too_many.insert(format!("{}: {} has {}", file.path, it.ident, it.fields.len()));
            }
        }
    }
    assert_eq!(too_many, BTreeSet::new());
}

#[test]
fn the_methods_of_a_type_are_in_the_file_of_the_type() {
    let mut elsewhere: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for file in files() {
        let defined: BTreeSet<String> = file.items.iter().filter_map(name_of_type).collect();
        for item in &file.items {
            if let Item::Impl(it) = item
                && it.trait_.is_none()
                && let syn::Type::Path(path) = &*it.self_ty
                && let Some(name) = path.path.segments.last().map(|last| last.ident.to_string())
                && !defined.contains(&name)
            {
                elsewhere
                    .entry(format!("{}: {name}", file.krate))
                    .or_default()
                    .insert(file.path.clone());
            }
        }
    }
    let elsewhere =
        elsewhere.into_iter().map(|(name, files)| format!("{name} in {} more", files.len()));
    assert_eq!(elsewhere.collect::<BTreeSet<_>>(), BTreeSet::new());
}

#[test]
fn the_files_of_a_crate_do_not_import_each_other_in_circles() {
    let files: Vec<File> = files().collect();
    let mut in_circles = BTreeSet::new();
    for krate in CRATES {
        let modules: BTreeMap<Vec<String>, &File> = files
            .iter()
            .filter(|file| file.krate == *krate)
            .map(|file| (file.module.clone(), file))
            .collect();
        let imports: BTreeMap<&Vec<String>, BTreeSet<Vec<String>>> =
            modules.iter().map(|(module, file)| (module, imports_of(file, &modules))).collect();
        let circles = modules.keys().filter(|module| reaches_itself(module, &imports));
        in_circles.extend(circles.map(|module| format!("{krate}: {}", module.join("/"))));
    }
    assert_eq!(in_circles, BTreeSet::new());
}

/// The controller alone knows two features; each of them knows the core, and what has no state of its own.
#[test]
fn a_feature_of_the_controller_imports_no_other() {
    let files: Vec<File> = files().filter(|file| file.krate == "crates/agent").collect();
    let modules: BTreeMap<Vec<String>, &File> =
        files.iter().map(|file| (file.module.clone(), file)).collect();
    let feature_of = |module: &[String]| match module {
        [controller, file, ..] if controller == "controller" => {
            FEATURES.iter().position(|feature| feature.contains(&file.as_str()))
        }
        _ => None,
    };
    let mut imports_of_others = BTreeSet::new();
    let mut seen = BTreeSet::new();
    for (module, file) in &modules {
        let Some(feature) = feature_of(module) else { continue };
        seen.insert(feature);
        let imported = imports_of(file, &modules);
        for other in
            imported.iter().filter(|other| feature_of(other).is_some_and(|it| it != feature))
        {
            imports_of_others.insert(format!("{} imports {}", module.join("/"), other.join("/")));
        }
        assert!(
            !imported.contains(&vec!["controller".to_owned()]),
            "{} imports the controller",
            module.join("/")
        );
    }
    assert_eq!(seen.len(), FEATURES.len(), "a feature has no file any more");
    assert_eq!(imports_of_others, BTreeSet::new());
}

/// What programs are answered is English; what a person reads in window, tray and notices is in their language.
#[test]
fn what_a_person_reads_is_a_message_of_the_catalogue() {
    let shown = ["crates/agent", "src-tauri"];
    let found = files()
        .filter(|file| shown.contains(&file.krate))
        .flat_map(|file| texts_written_in(&file.path, &file.items));
    assert_eq!(found.collect::<BTreeSet<_>>(), BTreeSet::new());
}

#[test]
fn a_text_for_a_person_that_stands_in_the_code_is_found() {
    let code = r#"fn f() { raise(Notice { title: format!("Hi {x}"), body: "There".to_owned(), id: "n".into() }) }"#;
    let parsed = syn::parse_file(code).expect("Rust");
    let found: Vec<_> = texts_written_in("a.rs", &parsed.items).into_iter().collect();
    assert_eq!(found, ["a.rs: Notice.body", "a.rs: Notice.title"]);
}

fn texts_written_in(path: &str, items: &[Item]) -> BTreeSet<String> {
    struct Texts<'a>(&'a str, BTreeSet<String>);
    impl<'ast> Visit<'ast> for Texts<'_> {
        fn visit_expr_struct(&mut self, it: &'ast syn::ExprStruct) {
            let name = it.path.segments.last().map(|last| last.ident.to_string());
            if name.is_some_and(|name| READ_BY_PEOPLE.contains(&name.as_str())) {
                for field in &it.fields {
                    if let syn::Member::Named(name) = &field.member
                        && TEXTS.contains(&name.to_string().as_str())
                        && is_written_here(&field.expr)
                    {
                        let type_name = it.path.segments.last().expect("seen").ident.to_string();
                        self.1.insert(format!("{}: {type_name}.{name}", self.0));
                    }
                }
            }
            syn::visit::visit_expr_struct(self, it);
        }
    }
    let mut texts = Texts(path, BTreeSet::new());
    items.iter().for_each(|item| texts.visit_item(item));
    texts.1
}

/// A text that stands in the code, as it is or put together there.
fn is_written_here(expr: &syn::Expr) -> bool {
    match expr {
        syn::Expr::Lit(it) => matches!(&it.lit, syn::Lit::Str(text) if !text.value().is_empty()),
        syn::Expr::MethodCall(it) => {
            let turns_into_text = ["to_owned", "to_string", "into"];
            turns_into_text.contains(&it.method.to_string().as_str())
                && is_written_here(&it.receiver)
        }
        syn::Expr::Call(it) => {
            let is_from = matches!(&*it.func, syn::Expr::Path(path)
                if path.path.segments.last().is_some_and(|last| last.ident == "from"));
            is_from && it.args.iter().any(is_written_here)
        }
        syn::Expr::Macro(it) => it.mac.path.is_ident("format"),
        _ => false,
    }
}

/// A source file of a crate, without its tests.
struct File {
    /// From the root.
    path: String,
    krate: &'static str,
    /// `["controller", "publish"]`, and empty for the crate's root.
    module: Vec<String>,
    items: Vec<Item>,
}

fn files() -> impl Iterator<Item = File> {
    CRATES.iter().flat_map(|&krate| {
        let source = root().join(krate).join("src");
        let mut paths = Vec::new();
        collect(&source, &mut paths);
        paths.sort();
        assert!(!paths.is_empty(), "{krate} has no sources");
        paths.into_iter().map(move |path| file(krate, &source, &path))
    })
}

fn file(krate: &'static str, source: &Path, path: &Path) -> File {
    let text =
        fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let parsed =
        syn::parse_file(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let inside = path.strip_prefix(source).expect("a file of the folder").with_extension("");
    let mut module: Vec<String> =
        inside.iter().map(|part| part.to_string_lossy().into_owned()).collect();
    if module.len() == 1 && ["lib", "main"].contains(&module[0].as_str()) {
        module.clear();
    }
    let items = parsed.items.into_iter().filter(|item| !is_for_tests(item)).collect();
    let path = path.strip_prefix(root()).expect("a file of the workspace");
    let path = path.to_string_lossy().replace('\\', "/");
    File { path, krate, module, items }
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) {
    let entries =
        fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    for entry in entries {
        let path = entry.expect("a folder can be read to its end").path();
        if path.is_dir() {
            collect(&path, paths);
        } else if path.extension().is_some_and(|ending| ending == "rs")
            && !path.ends_with("tests.rs")
        {
            paths.push(path);
        }
    }
}

fn is_for_tests(item: &Item) -> bool {
    let attributes = match item {
        Item::Mod(it) => &it.attrs,
        Item::Impl(it) => &it.attrs,
        Item::Use(it) => &it.attrs,
        Item::Struct(it) => &it.attrs,
        _ => return false,
    };
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg")
            && attribute.parse_args::<syn::Ident>().is_ok_and(|it| it == "test")
    })
}

fn name_of_type(item: &Item) -> Option<String> {
    match item {
        Item::Struct(it) => Some(it.ident.to_string()),
        Item::Enum(it) => Some(it.ident.to_string()),
        Item::Union(it) => Some(it.ident.to_string()),
        _ => None,
    }
}

/// The modules with files of their own that this one imports from. What a parent says of its own children (`mod`,
/// `pub use`) is no import.
fn imports_of(file: &File, modules: &BTreeMap<Vec<String>, &File>) -> BTreeSet<Vec<String>> {
    struct Paths(Vec<Vec<String>>);
    impl<'ast> Visit<'ast> for Paths {
        fn visit_item_use(&mut self, it: &'ast syn::ItemUse) {
            if matches!(it.vis, syn::Visibility::Inherited) {
                let mut begun = Vec::new();
                self.walk(&it.tree, &mut begun);
            }
        }

        // The path in `pub(super)` imports nothing.
        fn visit_visibility(&mut self, _: &'ast syn::Visibility) {}

        fn visit_path(&mut self, it: &'ast syn::Path) {
            self.0.push(it.segments.iter().map(|segment| segment.ident.to_string()).collect());
            syn::visit::visit_path(self, it);
        }
    }
    impl Paths {
        fn walk(&mut self, tree: &UseTree, begun: &mut Vec<String>) {
            match tree {
                UseTree::Path(it) => {
                    begun.push(it.ident.to_string());
                    self.walk(&it.tree, begun);
                    begun.pop();
                }
                UseTree::Group(it) => it.items.iter().for_each(|tree| self.walk(tree, begun)),
                UseTree::Name(it) => self.end(begun, Some(it.ident.to_string())),
                UseTree::Rename(it) => self.end(begun, Some(it.ident.to_string())),
                UseTree::Glob(_) => self.end(begun, None),
            }
        }

        fn end(&mut self, begun: &[String], last: Option<String>) {
            self.0.push(begun.iter().cloned().chain(last).collect());
        }
    }
    let mut paths = Paths(Vec::new());
    file.items.iter().for_each(|item| paths.visit_item(item));
    let absolute = paths.0.into_iter().filter_map(|path| absolute(&file.module, &path));
    let targets = absolute.filter_map(|path| {
        let lengths = (0..=path.len()).rev();
        lengths.map(|length| path[..length].to_vec()).find(|module| modules.contains_key(module))
    });
    // Every module knows the root, which holds nothing but modules.
    targets.filter(|target| *target != file.module && !target.is_empty()).collect()
}

/// A path from the crate's root, if it begins with `crate`, `self` or `super`.
fn absolute(module: &[String], path: &[String]) -> Option<Vec<String>> {
    let (first, rest) = path.split_first()?;
    let mut base = match first.as_str() {
        "crate" => Vec::new(),
        "self" => module.to_vec(),
        "super" => module.split_last()?.1.to_vec(),
        _ => return None,
    };
    let mut rest = rest;
    while let [first, others @ ..] = rest
        && first == "super"
    {
        base.pop();
        rest = others;
    }
    base.extend(rest.iter().cloned());
    Some(base)
}

fn reaches_itself(
    start: &Vec<String>,
    imports: &BTreeMap<&Vec<String>, BTreeSet<Vec<String>>>,
) -> bool {
    let mut seen = BTreeSet::new();
    let mut next: Vec<&Vec<String>> = imports.get(start).into_iter().flatten().collect();
    while let Some(module) = next.pop() {
        if module == start {
            return true;
        }
        if seen.insert(module) {
            next.extend(imports.get(module).into_iter().flatten());
        }
    }
    false
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests lie in the workspace")
}

/// What people get.
const CRATES: &[&str] = &[
    "crates/lifecycle",
    "crates/claim",
    "crates/keeper",
    "crates/ims",
    "crates/import",
    "crates/system",
    "crates/protocol",
    "crates/connect",
    "crates/cli",
    "crates/agent",
    "src-tauri",
];
const MOST_FIELDS: usize = 15;
/// The files of each feature, in `crates/agent/src/controller/`.
const FEATURES: &[&[&str]] = &[
    &["adding", "editing", "removing"],
    &["connecting"],
    &["copying"],
    &["handing_out"],
    &["http_port"],
    &["publish"],
    &["questions"],
    &["settings"],
    &["signing_in"],
    &["sinks"],
];
const READ_BY_PEOPLE: &[&str] =
    &["AccessView", "BannerView", "Button", "FieldTrouble", "Notice", "RemarkView", "TroubleView"];
const TEXTS: &[&str] = &["advice", "body", "headline", "label", "message", "title"];
