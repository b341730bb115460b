//! Functions: their definition, the binding of arguments, and running their bodies.

use std::sync::Arc;

use ruff_python_ast::name::Name;
use ruff_python_ast::{ExprLambda, Parameters, StmtFunctionDef, TypeParams};
use ruff_text_size::Ranged as _;

use super::budget::{DEPTH, DOUBTFUL_RECURSION, RUNAWAYS};
use super::call::Args;
use super::flow::{Eval, Flow, Stop, Way};
use super::generators::Taker;
use super::scope::ScopeInfo;
use super::{
    Cause, Code, Frame, FrameKind, Function, Generator, GeneratorKind, Id, Interp, Namespace, Object, Value,
};
use crate::environment::PythonVersion;

impl<'a> Interp<'a> {
    pub(super) fn exec_function(&mut self, def: &'a StmtFunctionDef) -> Eval<()> {
        let mut decorators = Vec::with_capacity(def.decorator_list.len());
        for decorator in &def.decorator_list {
            self.at(&decorator.expression);
            decorators.push((self.eval(&decorator.expression)?, decorator.expression.range()));
        }
        self.at(&def.name);
        let defaults = self.eval_defaults(&def.parameters)?;
        let mut value = self.with_type_parameters(def.type_params.as_deref(), |interp| {
            interp.eval_annotations(def)?;
            let written = interp.written(&def.name);
            Ok(interp.new_function(written, Code::Def(def), defaults))
        })?;
        for (decorator, range) in decorators.into_iter().rev() {
            self.frame_mut().position = range;
            value = self.call(&decorator, Args::of([value]))?;
        }
        self.bind_name(&def.name.id, value);
        Ok(())
    }

    fn eval_annotations(&mut self, def: &'a StmtFunctionDef) -> Eval<()> {
        let is_annotated = def.parameters.iter().any(|parameter| parameter.annotation().is_some());
        if !is_annotated && def.returns.is_none() || !self.evaluates_annotations() {
            return Ok(());
        }
        for parameter in &*def.parameters {
            if let Some(annotation) = parameter.annotation() {
                self.at(annotation);
                self.eval(annotation)?;
            }
        }
        if let Some(returns) = &def.returns {
            self.at(&**returns);
            self.eval(returns)?;
        }
        Ok(())
    }

    /// Runs a definition within the scope of its type parameters, `def f[T]`.
    pub(super) fn with_type_parameters<T>(
        &mut self,
        parameters: Option<&'a TypeParams>,
        run: impl FnOnce(&mut Self) -> Eval<T>,
    ) -> Eval<T> {
        let Some(parameters) = parameters else { return run(self) };
        let mut names = Namespace::default();
        let variable: Arc<str> = Arc::from("typing.TypeVar");
        for parameter in &parameters.type_params {
            names.bind(parameter.name().id.clone(), Value::computed(&variable));
        }
        let scope = self.heap.add(Object::Scope(names));
        let around = Arc::clone(&self.frame().closure);
        self.frame_mut().closure = around.iter().copied().chain([scope]).collect();
        let result = run(self);
        self.frame_mut().closure = around;
        result
    }

    pub(super) fn make_lambda(&mut self, lambda: &'a ExprLambda) -> Eval {
        let defaults = match &lambda.parameters {
            Some(parameters) => self.eval_defaults(parameters)?,
            None => Vec::new(),
        };
        Ok(self.new_function(Name::new_static("<lambda>"), Code::Lambda(lambda), defaults))
    }

    fn eval_defaults(&mut self, parameters: &'a Parameters) -> Eval<Vec<(Name, Value)>> {
        let mut defaults = Vec::new();
        for parameter in parameters.iter_non_variadic_params() {
            if let Some(default) = &parameter.default {
                self.at(&**default);
                defaults.push((parameter.parameter.name.id.clone(), self.eval(default)?));
            }
        }
        Ok(defaults)
    }

    fn new_function(&mut self, name: Name, code: Code<'a>, defaults: Vec<(Name, Value)>) -> Value {
        let frame = self.frame();
        let mut closure = frame.closure.to_vec();
        if matches!(frame.kind, FrameKind::Function | FrameKind::Inline) {
            closure.push(frame.names);
        }
        let class = frame.class_body.then_some(frame.names);
        let qualified: Arc<str> = Arc::from(format!("{}{name}", frame.prefix));
        let function = Function {
            name,
            qualified,
            code,
            file: frame.file,
            module: frame.module,
            closure: closure.into(),
            class,
            defaults: defaults.into(),
            attributes: Namespace::default(),
        };
        Value::Object(self.heap.add(Object::Function(function)))
    }

    /// The default values of a function; `None` where the program has put other code into it, or something
    /// unknown in their place.
    fn current_defaults(&self, function: &Function<'a>) -> Option<Arc<[(Name, Value)]>> {
        let changed = |attribute: &str| function.attributes.value(attribute);
        let (by_position, by_keyword) = (changed("__defaults__"), changed("__kwdefaults__"));
        if changed("__code__").is_some() {
            return None;
        }
        if by_position.is_none() && by_keyword.is_none() {
            return Some(Arc::clone(&function.defaults));
        }
        let parameters = match function.code {
            Code::Def(def) => &*def.parameters,
            Code::Lambda(lambda) => lambda.parameters.as_deref()?,
        };
        let is_keyword_only =
            |name: &Name| parameters.kwonlyargs.iter().any(|parameter| parameter.parameter.name.id == *name);
        let (for_keywords, for_places): (Vec<_>, Vec<_>) =
            function.defaults.iter().cloned().partition(|(name, _)| is_keyword_only(name));
        let mut defaults = match by_position {
            None => for_places,
            Some(Value::None) => Vec::new(),
            Some(Value::Tuple(values)) => {
                let places = parameters.posonlyargs.iter().chain(&parameters.args);
                let names: Vec<Name> = places.map(|parameter| parameter.parameter.name.id.clone()).collect();
                let first = names.len().saturating_sub(values.len());
                names[first..].iter().cloned().zip(values.iter().cloned()).collect()
            }
            Some(_) => return None,
        };
        match by_keyword {
            None => defaults.extend(for_keywords),
            Some(Value::None) => {}
            Some(changed) => {
                if matches!(self.object(changed), Some(Object::Dict(dict)) if dict.open) {
                    return None;
                }
                let entries = self.string_entries(changed)?;
                for parameter in &parameters.kwonlyargs {
                    let name = &parameter.parameter.name.id;
                    // a private name is `_Class__name` in the dict
                    let private = name.starts_with("__") && !name.ends_with("__");
                    let names = |keyword: &str| {
                        keyword == name.as_str() || private && keyword.ends_with(name.as_str())
                    };
                    let found = entries.iter().rev().find(|(keyword, _)| names(keyword));
                    defaults.extend(found.map(|(_, value)| (name.clone(), value.clone())));
                }
            }
        }
        Some(defaults.into())
    }

    pub(super) fn call_function(&mut self, id: Id, args: Args) -> Eval {
        let Object::Function(_) = self.heap.get(id) else { return Ok(Value::Unknown) };
        if self.frames.len() + self.parked >= DEPTH {
            return self.raise("RecursionError", "maximum recursion depth exceeded", Cause::Recursion);
        }
        if !self.budget.step() {
            return Err(Stop::Budget);
        }
        if self.maybe > 0 && self.calls_within(id) >= DOUBTFUL_RECURSION {
            self.may_raise_anything();
            return Ok(Value::Unknown);
        }
        if self.is_runaway(id) {
            return Ok(self.call_opaque(None, args));
        }
        let Object::Function(function) = self.heap.get(id) else { return Ok(Value::Unknown) };
        let code = function.code;
        let Some(defaults) = self.current_defaults(function) else { return Ok(self.call_opaque(None, args)) };
        let name = self.function_title(function).to_owned();
        let scope = match code {
            Code::Def(def) => self.bind_arguments(&name, Some(&def.parameters), &defaults, args)?,
            Code::Lambda(lambda) => {
                self.bind_arguments(&name, lambda.parameters.as_deref(), &defaults, args)?
            }
        };
        let kind = match code {
            Code::Def(def) => {
                let yields = self.scope_info(id).yields;
                match (def.is_async, yields) {
                    (true, true) => Some(GeneratorKind::AsyncGenerator),
                    (true, false) => Some(GeneratorKind::Coroutine),
                    (false, true) => Some(GeneratorKind::Generator),
                    (false, false) => None,
                }
            }
            Code::Lambda(_) => None,
        };
        if let Some(kind) = kind {
            let generator = Generator { kind, body: Some((id, scope)), lazy: None };
            return Ok(Value::Object(self.heap.add(Object::Generator(generator))));
        }
        let doubtful = self.budget.is_doubtful();
        let base = self.pending.len();
        match self.run_body(id, scope, None).0 {
            Err(Stop::Budget) if !doubtful && !self.budget.is_used_up() => Ok(self.run_away(id, scope, base)),
            result => {
                // NOTE: a call that ended otherwise may be seen by those who handle what it raised
                if result.is_ok() && !self.scope_info(id).outlives {
                    self.heap.retire(scope);
                }
                result
            }
        }
    }

    /// A call came to no end: what it gives is not known, nor what became of what it was given.
    fn run_away(&mut self, id: Id, scope: Id, base: usize) -> Value {
        self.cut_short = true;
        self.heap.watch.change_shared();
        self.drop_pending(base);
        let place = self.place_of(id);
        *self.runaways.entry(place).or_default() += 1;
        let names = self.heap.names(scope).cloned().unwrap_or_default();
        let given = names.iter().map(|(_, binding)| binding.value.clone()).collect();
        self.call_opaque(None, Args { positional: given, ..Args::default() });
        Value::Unknown
    }

    /// Whether calls of a function came to no end before.
    fn is_runaway(&self, id: Id) -> bool {
        !self.runaways.is_empty()
            && self.runaways.get(&self.place_of(id)).is_some_and(|count| *count >= RUNAWAYS)
    }

    /// Where a function is defined.
    fn place_of(&self, function: Id) -> (usize, u32) {
        let Object::Function(function) = self.heap.get(function) else { return (0, 0) };
        let start = match function.code {
            Code::Def(def) => def.range().start(),
            Code::Lambda(lambda) => lambda.range().start(),
        };
        (std::ptr::from_ref(function.file).addr(), start.to_u32())
    }

    /// How many calls of a function are running.
    fn calls_within(&mut self, id: Id) -> usize {
        let info = self.scope_info(id);
        let runs = |frame: &&Frame<'a>| frame.scope.as_ref().is_some_and(|scope| Arc::ptr_eq(scope, &info));
        self.frames.iter().filter(runs).count()
    }

    pub(super) fn scope_info(&mut self, function: Id) -> Arc<ScopeInfo> {
        let key = self.place_of(function);
        let Object::Function(function) = self.heap.get(function) else { return Arc::default() };
        if let Some(known) = self.scopes.get(&key) {
            return Arc::clone(known);
        }
        let info = match function.code {
            Code::Def(def) => ScopeInfo::of_function(&def.parameters, &def.body),
            Code::Lambda(lambda) => ScopeInfo::of_lambda(lambda.parameters.as_deref(), &lambda.body),
        };
        self.scopes.insert(key, Arc::clone(&info));
        info
    }

    /// Runs a function's body in a scope that holds its parameters. Gives back who took what it yields.
    pub(super) fn run_body(
        &mut self,
        id: Id,
        scope: Id,
        taker: Option<Taker<'a>>,
    ) -> (Eval, Option<Taker<'a>>) {
        let info = self.scope_info(id);
        let Object::Function(function) = self.heap.get(id) else { return (Ok(Value::Unknown), taker) };
        if self.frames.len() + self.parked >= DEPTH {
            let result = self.raise("RecursionError", "maximum recursion depth exceeded", Cause::Recursion);
            return (result, taker);
        }
        let (code, module, file, class) = (function.code, function.module, function.file, function.class);
        let closure = Arc::clone(&function.closure);
        let title: Arc<str> = Arc::from(function.name.as_str());
        let class = class.and_then(|names| self.class_bodies.get(&names).copied());
        let prefix: Arc<str> = Arc::from(format!("{}.<locals>.", function.qualified));
        let receiver = self.first_parameter(code, scope);
        let position = match code {
            Code::Def(def) => def.range(),
            Code::Lambda(lambda) => lambda.body.range(),
        };
        self.frames.push(Frame {
            kind: FrameKind::Function,
            names: scope,
            module,
            closure,
            file,
            position,
            branches: Vec::new(),
            title,
            scope: Some(info),
            class,
            receiver,
            taker,
            prefix,
            class_body: false,
            unique_names: false,
        });
        let base = self.pending.len();
        let handling = std::mem::take(&mut self.handling);
        let result = match code {
            Code::Def(def) => self.exec_block(&def.body),
            Code::Lambda(lambda) => self.eval(&lambda.body).map(Flow::Return),
        };
        self.handling = handling;
        let mut returned = match &result {
            Ok(Flow::Return(value)) => Some(value.clone()),
            Ok(_) => Some(Value::None),
            Err(_) => None,
        };
        let mut main = result.map(|_| Flow::Next);
        for pending in self.take_pending(base, |way| matches!(way, Way::Return(_))).into_iter().rev() {
            let mut other = None;
            main = self.also(main, pending, |_, way| {
                if let Way::Return(value) = way {
                    other = Some(value);
                }
                Ok(Flow::Next)
            });
            returned = match (returned, other) {
                (Some(one), Some(other)) => Some(one.join(&other)),
                (one, other) => one.or(other),
            };
        }
        let taker = self.frames.pop().and_then(|frame| frame.taker);
        (main.map(|_| returned.unwrap_or(Value::Unknown)), taker)
    }

    fn first_parameter(&self, code: Code<'a>, scope: Id) -> Option<Value> {
        let parameters = match code {
            Code::Def(def) => &*def.parameters,
            Code::Lambda(lambda) => lambda.parameters.as_deref()?,
        };
        let first = parameters.posonlyargs.first().or_else(|| parameters.args.first())?;
        self.heap.value(scope, &first.parameter.name.id).cloned()
    }

    /// What messages call a function.
    pub(super) fn function_title<'f>(&self, function: &'f Function<'a>) -> &'f str {
        if self.environment.python >= PythonVersion::new(3, 10) {
            &function.qualified
        } else {
            &function.name
        }
    }

    /// The parameters of a function that a call by keyword or position can fill, for pytest.
    pub(crate) fn parameters_of(&self, function: Id) -> Option<&'a Parameters> {
        match self.heap.get(function) {
            Object::Function(Function { code: Code::Def(def), .. }) => Some(&def.parameters),
            Object::Function(Function { code: Code::Lambda(lambda), .. }) => lambda.parameters.as_deref(),
            _ => None,
        }
    }

    /// Whether a `def` makes a generator.
    pub(crate) fn yields(&self, def: &StmtFunctionDef) -> bool {
        ScopeInfo::of_function(&def.parameters, &def.body).yields
    }

    /// How many names a `def` binds besides its parameters.
    pub(crate) fn locals_of(&self, def: &StmtFunctionDef) -> usize {
        let info = ScopeInfo::of_function(&def.parameters, &def.body);
        let locals = &info.locals;
        let parameters =
            def.parameters.iter().filter(|parameter| locals.contains(&parameter.name().id)).count();
        locals.len() - parameters
    }

    /// Calls a function from outside of any module, as pytest calls a hook. What it leaves pending is
    /// dropped: it may or may not happen.
    pub fn run_quietly(&mut self, function: &Value, args: Args) -> Eval {
        self.run_bounded(|interp| interp.call(function, args))
    }

    /// [`Self::run_quietly`] of a generator, up to its end: what it yields is not known.
    pub fn run_generator_quietly(&mut self, function: &Value, args: Args) -> Eval {
        self.run_bounded(|interp| {
            let generator = interp.call(function, args)?;
            interp.run_foreign_generator(&generator)?;
            Ok(Value::Unknown)
        })
    }

    fn run_bounded(&mut self, run: impl FnOnce(&mut Self) -> Eval) -> Eval {
        let left = self.budget.begin();
        let result = run(self);
        self.budget.end(left);
        self.take_ways_out();
        if result.as_ref().is_err_and(|stop| !stop.is_certain()) {
            // what it would have changed from there on is not known
            self.cut_short = true;
            self.heap.watch.change_shared();
        }
        result
    }
}
