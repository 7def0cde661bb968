// Which `picture` and `group` of channels a workgroup has. The last workgroups of a split grid may stand beyond the batch: they are not
// `inside`, read picture 0 and write nothing.
let index = id.y * ids.x + id.x;
let inside = index < step.pictures * $(GROUPS)u;
let picture = select(0u, index / $(GROUPS)u, inside);
let group = index % $(GROUPS)u;
