//! All statements of an index, as grouping hands them over.

use marsad_types::NONE;

use super::Index;
use super::error::Error;
use crate::group::resolve::{Extra, Resolved};
use crate::statement::{Member, Relation, Statement};

impl Index {
    /// All statements; posts are numbered in the order of their arrival. Reads everything.
    pub fn statements(&self) -> Result<Vec<Statement>, Error> {
        let mut resolved =
            Resolved { statements: Vec::new(), known: Vec::new(), extras: Vec::new() };
        let rows = self.history.posts();
        let mut of_row = Vec::with_capacity(rows as usize);
        // Statements are named by their first row here, and numbered there.
        let mut numbers = vec![NONE; rows as usize];
        for row in 0..rows {
            let post = self.history.post(row)?;
            of_row.push(post.text);
            if post.home.relation == Relation::First
                && let Some(number) = numbers.get_mut(row as usize)
            {
                *number = resolved.statements.len() as u32;
                resolved.statements.push(Statement::default());
            }
            let number = numbers.get(post.home.statement as usize).copied().unwrap_or(NONE);
            if let Some(statement) = resolved.statements.get_mut(number as usize) {
                statement.members.push(Member {
                    post: row,
                    relation: post.home.relation,
                    similarity: post.home.similarity,
                    appears: true,
                });
            }
        }
        for number in 0..self.history.extras() {
            let extra = self.history.extra(number)?;
            let statement = numbers.get(extra.statement as usize).copied().unwrap_or(NONE);
            resolved.extras.push(Extra { statement, ..extra });
        }
        Ok(resolved.with_extras(&of_row))
    }
}
