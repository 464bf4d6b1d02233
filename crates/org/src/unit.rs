//! Units: the tree of companies, regions, territories and teams.

use kernel::Refusal;

/// What kind of unit it is. A legal entity is a company; regions and territories hang below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnitKind {
    Company,
    Region,
    Territory,
    Team,
}

impl UnitKind {
    pub fn as_str(self) -> &'static str {
        match self {
            UnitKind::Company => "company",
            UnitKind::Region => "region",
            UnitKind::Territory => "territory",
            UnitKind::Team => "team",
        }
    }

    /// # Errors
    ///
    /// `unit.kind`.
    pub fn parse(text: &str) -> Result<UnitKind, Refusal> {
        match text.trim() {
            "company" => Ok(UnitKind::Company),
            "region" => Ok(UnitKind::Region),
            "territory" => Ok(UnitKind::Territory),
            "team" => Ok(UnitKind::Team),
            other => Err(Refusal::value(
                "unit.kind",
                format!("“{other}” is not a kind of unit. Use company, region, territory or team."),
            )),
        }
    }
}
