//! `match` statements: which case is taken.

use ruff_python_ast::{
    MatchCase, Pattern, PatternMatchClass, PatternMatchMapping, PatternMatchSequence, Singleton, StmtMatch,
};

use super::flow::{Eval, Flow};
use super::{Instance, Interp, Object, Payload, Truth, Value};

/// Builtin classes that capture the subject itself: `str(text)`.
const SELF_MATCHING: [&str; 11] = [
    "builtins.bool",
    "builtins.bytearray",
    "builtins.bytes",
    "builtins.dict",
    "builtins.float",
    "builtins.frozenset",
    "builtins.int",
    "builtins.list",
    "builtins.set",
    "builtins.str",
    "builtins.tuple",
];

impl<'a> Interp<'a> {
    pub(super) fn exec_match(&mut self, stmt: &'a StmtMatch) -> Eval<Flow> {
        let subject = self.eval(&stmt.subject)?;
        self.exec_cases(&subject, &stmt.cases)
    }

    fn exec_cases(&mut self, subject: &Value, cases: &'a [MatchCase]) -> Eval<Flow> {
        let Some((case, rest)) = cases.split_first() else { return Ok(Flow::Next) };
        match self.matches(subject, &case.pattern)? {
            Truth::Yes => self.exec_guarded_case(subject, case, rest),
            Truth::No => self.exec_cases(subject, rest),
            Truth::Maybe => self.fork(
                |interp| interp.exec_guarded_case(subject, case, rest),
                |interp| interp.exec_cases(subject, rest),
            ),
        }
    }

    /// A case whose pattern matches: its guard decides.
    fn exec_guarded_case(
        &mut self,
        subject: &Value,
        case: &'a MatchCase,
        rest: &'a [MatchCase],
    ) -> Eval<Flow> {
        let Some(guard) = &case.guard else { return self.exec_block(&case.body) };
        let value = self.eval(guard)?;
        match self.truth(&value)? {
            Truth::Yes => self.exec_block(&case.body),
            Truth::No => self.exec_cases(subject, rest),
            Truth::Maybe => {
                self.fork(|interp| interp.exec_block(&case.body), |interp| interp.exec_cases(subject, rest))
            }
        }
    }

    fn matches(&mut self, subject: &Value, pattern: &'a Pattern) -> Eval<Truth> {
        match pattern {
            Pattern::MatchValue(pattern) => {
                let value = self.eval(&pattern.value)?;
                self.equals(subject, &value)
            }
            Pattern::MatchSingleton(pattern) => {
                let value = match pattern.value {
                    Singleton::None => Value::None,
                    Singleton::True => Value::Bool(true),
                    Singleton::False => Value::Bool(false),
                };
                Ok(self.identical(subject, &value))
            }
            Pattern::MatchOr(pattern) => {
                let mut result = Truth::No;
                for alternative in &pattern.patterns {
                    result = result.or(self.matches(subject, alternative)?);
                    if result == Truth::Yes {
                        break;
                    }
                }
                Ok(result)
            }
            Pattern::MatchAs(pattern) => {
                let result = match &pattern.pattern {
                    Some(inner) => self.matches(subject, inner)?,
                    None => Truth::Yes,
                };
                if let Some(name) = &pattern.name
                    && result != Truth::No
                {
                    self.bind_name(&name.id, subject.clone());
                }
                Ok(result)
            }
            Pattern::MatchSequence(sequence) => match self.sequence_of(subject) {
                Some(Some(items)) => self.matches_items(&items, sequence),
                Some(None) => Ok(Truth::No),
                None => Ok(self.perhaps_captured(pattern)),
            },
            Pattern::MatchMapping(mapping) => match self.object(&self.plain(subject)) {
                Some(Object::Dict(dict)) if !dict.open => self.matches_mapping(subject, mapping),
                Some(Object::List(_) | Object::Set(_) | Object::Function(_)) => Ok(Truth::No),
                None if self.is_builtin_value(subject) => Ok(Truth::No),
                _ => Ok(self.perhaps_captured(pattern)),
            },
            Pattern::MatchClass(class) => self.matches_class(subject, class, pattern),
            Pattern::MatchStar(_) => Ok(self.perhaps_captured(pattern)),
        }
    }

    /// Nothing is known: what the pattern captures may be anything.
    fn perhaps_captured(&mut self, pattern: &'a Pattern) -> Truth {
        for name in captured(pattern) {
            self.bind_name(name, Value::Unknown);
        }
        Truth::Maybe
    }

    /// The items of a sequence that `[…]` matches; `Some(None)` where it is none, `None` where that is not
    /// known.
    fn sequence_of(&self, subject: &Value) -> Option<Option<Vec<Value>>> {
        match self.plain(subject) {
            Value::Tuple(items) => Some(Some(items.to_vec())),
            Value::Object(id) => match self.heap.get(id) {
                Object::List(list) if !list.open => Some(Some(list.items.clone())),
                Object::Dict(_) | Object::Set(_) | Object::Function(_) | Object::Class(_) => Some(None),
                Object::Instance(Instance { payload: Payload::EnumMember { .. }, .. }) => Some(None),
                _ => None,
            },
            plain if self.is_builtin_value(&plain) => Some(None),
            _ => None,
        }
    }

    fn matches_items(&mut self, items: &[Value], pattern: &'a PatternMatchSequence) -> Eval<Truth> {
        let star = pattern.patterns.iter().position(Pattern::is_match_star);
        let least = pattern.patterns.len() - usize::from(star.is_some());
        if items.len() < least || star.is_none() && items.len() > least {
            return Ok(Truth::No);
        }
        let mut result = Truth::Yes;
        let extra = items.len() - least;
        let mut place = 0;
        for part in &pattern.patterns {
            if let Pattern::MatchStar(starred) = part {
                let taken = self.new_list(items[place..place + extra].to_vec());
                if let Some(name) = &starred.name {
                    self.bind_name(&name.id, taken);
                }
                place += extra;
                continue;
            }
            result = result.and(self.matches(&items[place], part)?);
            if result == Truth::No {
                break;
            }
            place += 1;
        }
        Ok(result)
    }

    fn matches_mapping(&mut self, subject: &Value, pattern: &'a PatternMatchMapping) -> Eval<Truth> {
        let plain = self.plain(subject);
        let Some(Object::Dict(dict)) = self.object(&plain) else { return Ok(Truth::Maybe) };
        let mut rest = dict.clone();
        let mut result = Truth::Yes;
        for (key, part) in pattern.keys.iter().zip(&pattern.patterns) {
            let name = self.eval(key)?;
            let Some(key) = self.key(&name)? else { return Ok(Truth::Maybe) };
            let Some((_, value)) = rest.entries.shift_remove(&key) else { return Ok(Truth::No) };
            result = result.and(self.matches(&value, part)?);
            if result == Truth::No {
                return Ok(result);
            }
        }
        if let Some(name) = &pattern.rest {
            let rest = Value::Object(self.heap.add(Object::Dict(rest)));
            self.bind_name(&name.id, rest);
        }
        Ok(result)
    }

    /// `Class(pattern, name=pattern)`
    fn matches_class(
        &mut self,
        subject: &Value,
        pattern: &'a PatternMatchClass,
        whole: &'a Pattern,
    ) -> Eval<Truth> {
        let class = self.eval(&pattern.cls)?;
        let is_instance = self.is_instance(subject, &class);
        if is_instance == Truth::No {
            return Ok(Truth::No);
        }
        let positional = &pattern.arguments.patterns;
        let mut result = is_instance;
        let itself = class.extern_path().is_some_and(|path| SELF_MATCHING.contains(&path));
        match positional.as_slice() {
            [] => {}
            [only] if itself => result = result.and(self.matches(subject, only)?),
            several => {
                let names = match class.as_id().map(|id| self.class_names_to_match(id)) {
                    Some(Some(names)) if several.len() <= names.len() => names,
                    _ => return Ok(self.perhaps_captured(whole)),
                };
                for (name, part) in names.iter().zip(several) {
                    let Some(value) = self.own_value(subject, name) else {
                        return Ok(self.perhaps_captured(whole));
                    };
                    result = result.and(self.matches(&value, part)?);
                    if result == Truth::No {
                        return Ok(result);
                    }
                }
            }
        }
        for keyword in &pattern.arguments.keywords {
            let Some(value) = self.own_value(subject, &keyword.attr.id) else {
                return Ok(self.perhaps_captured(whole));
            };
            result = result.and(self.matches(&value, &keyword.pattern)?);
            if result == Truth::No {
                return Ok(result);
            }
        }
        Ok(result)
    }

    /// `__match_args__` of an interpreted class: its own, or the fields of a dataclass or named tuple.
    fn class_names_to_match(&self, class: super::Id) -> Option<Vec<String>> {
        let value = Value::Object(class);
        match self.special_of_class(&value, "__match_args__") {
            Ok(Some(Value::Tuple(names))) => {
                return names.iter().map(|name| name.as_str().map(str::to_owned)).collect();
            }
            Ok(None) => {}
            _ => return None,
        }
        self.named_tuple_fields(&value).or_else(|| self.dataclass_compared_fields(&value))
    }

    /// What an instance itself holds under a name.
    fn own_value(&self, subject: &Value, name: &str) -> Option<Value> {
        let Some(Object::Instance(instance)) = self.object(subject) else { return None };
        if let (Some(fields), Payload::Data(Value::Tuple(items))) =
            (self.named_tuple_fields(&instance.class), &instance.payload)
        {
            let place = fields.iter().position(|field| field == name)?;
            return items.get(place).cloned();
        }
        instance.attributes.get(name).filter(|binding| !binding.maybe_unbound).map(|b| b.value.clone())
    }
}

/// The names that a pattern binds.
fn captured(pattern: &Pattern) -> Vec<&ruff_python_ast::name::Name> {
    let mut names = Vec::new();
    let mut open = vec![pattern];
    while let Some(pattern) = open.pop() {
        match pattern {
            Pattern::MatchAs(pattern) => {
                names.extend(pattern.name.iter().map(|name| &name.id));
                open.extend(pattern.pattern.as_deref());
            }
            Pattern::MatchStar(pattern) => names.extend(pattern.name.iter().map(|name| &name.id)),
            Pattern::MatchMapping(pattern) => {
                names.extend(pattern.rest.iter().map(|name| &name.id));
                open.extend(&pattern.patterns);
            }
            Pattern::MatchSequence(pattern) => open.extend(&pattern.patterns),
            Pattern::MatchOr(pattern) => open.extend(&pattern.patterns),
            Pattern::MatchClass(pattern) => {
                open.extend(&pattern.arguments.patterns);
                open.extend(pattern.arguments.keywords.iter().map(|keyword| &keyword.pattern));
            }
            Pattern::MatchValue(_) | Pattern::MatchSingleton(_) => {}
        }
    }
    names
}
