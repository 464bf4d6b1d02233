//! A field of a change: left out, emptied, or set.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// What a change says of one field. JSON leaves it out, says `null`, or gives the value.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Change<T> {
    #[default]
    Keep,
    Clear,
    Set(T),
}

impl<T> Change<T> {
    pub fn is_keep(&self) -> bool {
        matches!(self, Change::Keep)
    }
}

impl<T: Clone> Change<T> {
    /// The value afterwards, where `old` is the value before.
    pub fn or(&self, old: Option<T>) -> Option<T> {
        match self {
            Change::Keep => old,
            Change::Clear => None,
            Change::Set(value) => Some(value.clone()),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Change<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Change<T>, D::Error> {
        let value = Option::<T>::deserialize(from)?;
        Ok(value.map_or(Change::Clear, Change::Set))
    }
}

impl<T: Serialize> Serialize for Change<T> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Change::Keep | Change::Clear => to.serialize_none(),
            Change::Set(value) => to.serialize_some(value),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
    struct City {
        #[serde(default, skip_serializing_if = "Change::is_keep")]
        city: Change<String>,
    }

    #[test]
    fn left_out_is_not_null() {
        for (text, change) in [
            ("{}", Change::Keep),
            (r#"{"city":null}"#, Change::Clear),
            (r#"{"city":"Bonn"}"#, Change::Set("Bonn".to_owned())),
        ] {
            let read: City = serde_json::from_str(text).unwrap();
            assert_eq!(read.city, change);
            assert_eq!(serde_json::to_string(&read).unwrap(), text);
        }
    }
}
