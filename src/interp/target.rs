//! Assignment targets: names, attributes, items, unpacking; and `del`.

use ruff_python_ast::name::Name;
use ruff_python_ast::{Expr, StmtAugAssign};

use super::flow::Eval;
use super::{Cause, FrameKind, Id, Interp, Value};

impl<'a> Interp<'a> {
    pub(super) fn assign(&mut self, target: &'a Expr, value: Value) -> Eval<()> {
        match target {
            Expr::Name(target) => {
                if self.frame().unique_names {
                    self.refuse_duplicate_member(&target.id)?;
                }
                self.bind_name(&target.id, value);
                Ok(())
            }
            Expr::Attribute(target) => {
                let owner = self.eval(&target.value)?;
                self.at(target);
                self.set_attribute(&owner, &target.attr.id, value)
            }
            Expr::Subscript(target) => {
                let owner = self.eval(&target.value)?;
                let index = self.eval(&target.slice)?;
                self.at(target);
                if index.is_unknown() && self.puts_submodule(&owner, &target.slice) {
                    return Ok(());
                }
                self.set_item(&owner, &index, value)
            }
            Expr::Tuple(targets) => self.unpack(&targets.elts, &value),
            Expr::List(targets) => self.unpack(&targets.elts, &value),
            Expr::Starred(target) => self.assign(&target.value, value),
            _ => Ok(()),
        }
    }

    fn unpack(&mut self, targets: &'a [Expr], value: &Value) -> Eval<()> {
        let starred = targets.iter().position(Expr::is_starred_expr);
        if self.refuses_iteration(value)? {
            let kind = self.type_name(value);
            return self.type_error(format!("cannot unpack non-iterable {kind} object"));
        }
        let Some(items) = self.iterate(value)? else {
            for target in targets {
                self.assign(target, Value::Unknown)?;
            }
            return Ok(());
        };
        let (wanted, got) = (targets.len(), items.len());
        match starred {
            None if got != wanted => {
                let message = if got > wanted {
                    format!("too many values to unpack (expected {wanted})")
                } else {
                    format!("not enough values to unpack (expected {wanted}, got {got})")
                };
                self.raise("ValueError", message, Cause::Python)
            }
            None => {
                for (target, item) in targets.iter().zip(items) {
                    self.assign(target, item)?;
                }
                Ok(())
            }
            Some(_) if got + 1 < wanted => {
                let least = wanted - 1;
                let message = format!("not enough values to unpack (expected at least {least}, got {got})");
                self.raise("ValueError", message, Cause::Python)
            }
            Some(star) => {
                let after = wanted - star - 1;
                let rest = self.new_list(items[star..got - after].to_vec());
                for (target, item) in targets[..star].iter().zip(&items) {
                    self.assign(target, item.clone())?;
                }
                self.assign(&targets[star], rest)?;
                for (target, item) in targets[star + 1..].iter().zip(&items[got - after..]) {
                    self.assign(target, item.clone())?;
                }
                Ok(())
            }
        }
    }

    /// Binds a name where the running code binds it.
    pub(super) fn bind_name(&mut self, name: &Name, value: Value) {
        let id = self.binding_scope(name).unwrap_or_else(|| self.frame().names);
        self.heap.bind(id, name, value);
    }

    /// Where the running code binds a name: its own scope, the globals, or an enclosing function.
    pub(super) fn binding_scope(&self, name: &str) -> Option<Id> {
        let frame = self.frame();
        if let Some(scope) = &frame.scope {
            if scope.globals.contains(name) {
                return Some(frame.module);
            }
            if scope.nonlocals.contains(name) {
                return frame
                    .closure
                    .iter()
                    .rev()
                    .copied()
                    .find(|&id| self.heap.names(id).is_some_and(|names| names.contains(name)));
            }
        }
        Some(frame.names)
    }

    /// `NAME := value` inside a comprehension binds in the function or module around it.
    pub(super) fn bind_walrus(&mut self, name: &Name, value: Value) {
        let frame = self.frames.iter().rev().find(|frame| frame.kind != FrameKind::Inline);
        let id = frame.map_or_else(
            || self.frame().names,
            |frame| {
                let global = frame.scope.as_ref().is_some_and(|scope| scope.globals.contains(name.as_str()));
                if global { frame.module } else { frame.names }
            },
        );
        self.heap.bind(id, name, value);
    }

    pub(super) fn exec_augmented(&mut self, stmt: &'a StmtAugAssign) -> Eval<()> {
        let old = self.eval(&stmt.target)?;
        let operand = self.eval(&stmt.value)?;
        self.at(stmt);
        let value = self.augmented(stmt.op, &old, &operand)?;
        self.assign(&stmt.target, value)
    }

    pub(super) fn delete(&mut self, target: &'a Expr) -> Eval<()> {
        match target {
            Expr::Name(target) => {
                // reading it first raises NameError where it is unbound
                self.eval_name(&target.id, target)?;
                let id = self.binding_scope(&target.id).unwrap_or_else(|| self.frame().names);
                self.heap.unbind(id, &target.id);
                Ok(())
            }
            Expr::Attribute(target) => {
                let owner = self.eval(&target.value)?;
                self.at(target);
                self.delete_attribute(&owner, &target.attr.id)
            }
            Expr::Subscript(target) => {
                let owner = self.eval(&target.value)?;
                let index = self.eval(&target.slice)?;
                self.at(target);
                self.delete_item(&owner, &index)
            }
            Expr::Tuple(targets) => targets.elts.iter().try_for_each(|target| self.delete(target)),
            Expr::List(targets) => targets.elts.iter().try_for_each(|target| self.delete(target)),
            _ => Ok(()),
        }
    }
}
