//! Maps and sets without the sort that `collect` brings along for each type of theirs: five kilobytes of code a type, which
//! whoever opens the page would have to fetch.

/// What `items` make, put in one by one.
pub(crate) fn gather<Item, All: Default + Extend<Item>>(items: impl IntoIterator<Item = Item>) -> All {
    let mut all = All::default();
    all.extend(items);
    all
}
