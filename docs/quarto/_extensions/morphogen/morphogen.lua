-- {{< morphogen prompt="dress" seed=5 >}}: a frame in HTML, a still in anything else.
-- What the frame takes in its address may stand here by the same name; see docs/embed.md.

-- Of the shortcode itself, and not of the address.
local OWN = { address = true, still = true, width = true, height = true, title = true }

local function text(value)
  return value and pandoc.utils.stringify(value) or ""
end

-- For an address: everything but letters, digits and -._~ as %XX.
local function encoded(value)
  return (value:gsub("[^%w%-%._~]", function(c) return string.format("%%%02X", string.byte(c)) end))
end

-- For an attribute of HTML.
local function escaped(value)
  return (value:gsub("&", "&amp;"):gsub('"', "&quot;"):gsub("<", "&lt;"))
end

local function morphogen(_, kwargs, meta)
  local names = {}
  for name, value in pairs(kwargs) do
    if not OWN[name] and text(value) ~= "" then names[#names + 1] = name end
  end
  -- The same text whenever the page is made.
  table.sort(names)
  local query = {}
  for _, name in ipairs(names) do
    query[#query + 1] = encoded(name) .. "=" .. encoded(text(kwargs[name]))
  end
  local address = text(kwargs["address"])
  if address == "" and meta["morphogen"] then address = text(meta["morphogen"]["address"]) end
  if address == "" then
    error('morphogen: expected the address of a hosted page, in the shortcode (address="https://…/") or in the metadata (morphogen: address: …), found none')
  end
  if address:sub(-1) ~= "/" then address = address .. "/" end
  local url = address .. "embed.html?" .. table.concat(query, "&")
  local title = text(kwargs["title"])
  if title == "" then
    local prompt = text(kwargs["prompt"])
    title = (prompt == "" and "A picture" or prompt) .. ", drawn from noise by Morphogen"
  end
  if quarto.doc.is_format("html") then
    local width, height = text(kwargs["width"]), text(kwargs["height"])
    return pandoc.RawBlock("html", string.format(
      '<iframe src="%s" title="%s" sandbox="allow-scripts allow-popups allow-popups-to-escape-sandbox" loading="lazy" width="%s" height="%s" style="border: 0"></iframe>',
      escaped(url), escaped(title), escaped(width == "" and "320" or width), escaped(height == "" and "420" or height)))
  end
  local still = text(kwargs["still"])
  if still ~= "" then
    return pandoc.Para({ pandoc.Link({ pandoc.Image({ pandoc.Str(title) }, still) }, url) })
  end
  return pandoc.Para({ pandoc.Link({ pandoc.Str(title) }, url) })
end

return { ["morphogen"] = morphogen }
