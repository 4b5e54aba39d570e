#include "protocols/support/xml_reader.h"

#include <algorithm>
#include <array>

#include <expat.h>

#include "base/text.h"

namespace parlance {
namespace {

constexpr char kSeparator = '\n';    // between namespace and name; expat refuses it inside either
constexpr size_t kAttributes = 64;   // of a tag; namespaces counted apart
constexpr size_t kTextOctets = 256;  // kept; only short words are ever asked for
constexpr size_t kReferenceOctets = 12;  // "&#x10FFFF;" and two more
constexpr std::string_view kCharacterData = "<![CDATA[";
constexpr std::string_view kCharacterDataEnd = "]]>";
constexpr std::string_view kImaginedRoot =
    "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'"
    " xmlns:db='jabber:server:dialback'>";

bool is_blank(uint8_t octet) {
  return octet == ' ' || octet == '\t' || octet == '\r' || octet == '\n';
}

bool starts_with(Bytes view, std::string_view text) {
  return as_text(first_of(view, text.size())) == text;
}

/// True if `view` is too short to tell whether it starts with `text`.
bool may_become(Bytes view, std::string_view text) {
  return view.size() < text.size() && text.substr(0, view.size()) == as_text(view);
}

/// The name of a start tag without its prefix.
std::string_view local_name(Bytes tag) {
  std::string_view name = as_text(tag.subspan(1));
  name = name.substr(0, name.find_first_of(" \t\r\n/>"));
  const size_t colon = name.find(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

/// The value of `encoding` in an XML declaration; empty if it has none.
std::string_view declared_encoding(std::string_view declaration) {
  size_t at = declaration.find("encoding");
  if (at == std::string_view::npos) return {};
  at = declaration.find_first_of("'\"", at);
  if (at == std::string_view::npos) return {};
  const size_t end = declaration.find(declaration[at], at + 1);
  return declaration.substr(at + 1, end == std::string_view::npos ? 0 : end - at - 1);
}

}  // namespace

std::string_view XmlElement::attribute(std::string_view wanted) const {
  for (const auto& [key, value] : attributes) {
    if (key == wanted) return value;
  }
  return {};
}

bool XmlElement::has(std::string_view wanted) const {
  return std::any_of(attributes.begin(), attributes.end(),
                     [&](const auto& each) { return each.first == wanted; });
}

std::string_view XmlElement::default_space() const {
  for (const auto& [prefix, uri] : declared) {
    if (prefix.empty()) return uri;
  }
  return {};
}

// What expat calls. Nothing may be thrown through its C code.
struct XmlReader::Callbacks {
  static XmlReader& self(void* user) { return *static_cast<XmlReader*>(user); }

  static void XMLCALL start(void* user, const XML_Char* name, const XML_Char** pairs) noexcept {
    XmlReader& reader = self(user);
    XmlElement& element = reader.element_;
    const std::string_view whole = name;
    const size_t at = whole.find(kSeparator);
    element.space = at == std::string_view::npos ? std::string_view{} : whole.substr(0, at);
    element.name = at == std::string_view::npos ? whole : whole.substr(at + 1);
    element.attributes.clear();
    for (; *pairs != nullptr; pairs += 2) {
      if (element.attributes.size() == kAttributes) {
        reader.stop("a tag with more attributes than any in use");
        return;
      }
      element.attributes.emplace_back(pairs[0], pairs[1]);
    }
    reader.text_.clear();
    if (++reader.depth_ > reader.depth_limit_) reader.stop("elements nested too deeply");
  }

  static void XMLCALL end(void* user, const XML_Char*) noexcept { --self(user).depth_; }

  static void XMLCALL declare(void* user, const XML_Char* prefix, const XML_Char* space) noexcept {
    XmlReader& reader = self(user);
    if (reader.element_.declared.size() == kAttributes) {
      reader.stop("a tag with more namespaces than any in use");
      return;
    }
    reader.element_.declared.emplace_back(prefix == nullptr ? "" : prefix,
                                          space == nullptr ? "" : space);
  }

  static void XMLCALL text(void* user, const XML_Char* octets, int length) noexcept {
    std::string& kept = self(user).text_;
    const size_t room = kTextOctets - std::min(kTextOctets, kept.size());
    kept.append(octets, std::min(room, static_cast<size_t>(std::max(length, 0))));
  }

  static void XMLCALL document_type(void* user, const XML_Char*, const XML_Char*, const XML_Char*,
                                    int) noexcept {
    self(user).stop("a document type");
  }
};

void XmlReader::stop(std::string_view reason) {
  reason_ = reason;
  XML_StopParser(expat_.get(), XML_FALSE);
}

XmlReader::XmlReader(const Limits& limits, bool inside_stream)
    : tag_octets_(limits.header_block_octets),
      depth_limit_(limits.xml_depth),
      inside_stream_(inside_stream),
      expat_(XML_ParserCreateNS("UTF-8", kSeparator), &XML_ParserFree) {
  start_document();
  if (inside_stream_) enter_imagined_root();
}

void XmlReader::enter_imagined_root() {
  feed(as_bytes(kImaginedRoot));
  element_ = {};
}

XmlReader::~XmlReader() = default;

void XmlReader::start_document() {
  depth_ = 0;
  text_.clear();
  XML_Parser expat = expat_.get();
  if (expat == nullptr) return;
  XML_ParserReset(expat, "UTF-8");
  XML_SetUserData(expat, this);
  XML_SetElementHandler(expat, &Callbacks::start, &Callbacks::end);
  XML_SetStartNamespaceDeclHandler(expat, &Callbacks::declare);
  XML_SetCharacterDataHandler(expat, &Callbacks::text);
  XML_SetStartDoctypeDeclHandler(expat, &Callbacks::document_type);
}

XmlReader::Step XmlReader::next(Bytes view) {
  if (view.empty()) return {Event::need_more, 0};
  if (expat_ == nullptr) return fail(Event::damaged, "no memory to read XML");
  if (in_character_data_) return read_character_data(view);
  if (view[0] != '<') return read_text(view);
  if (view.size() == 1) return {Event::need_more, 0};
  if (view[1] == '?') return read_declaration(view);
  if (view[1] != '!') return read_tag(view);
  if (may_become(view, kCharacterData)) return {Event::need_more, 0};
  if (!starts_with(view, kCharacterData)) {
    return fail(Event::forbidden, "a comment or document type, which XMPP forbids");
  }
  if (depth_ < 2) return fail(Event::stray, "text between stanzas");
  in_character_data_ = true;
  return {Event::text, kCharacterData.size()};
}

/// Character data need not be understood, so it does not go to expat; only its end is looked for.
XmlReader::Step XmlReader::read_character_data(Bytes view) {
  const size_t at = as_text(view).find(kCharacterDataEnd);
  if (at != std::string_view::npos) {
    in_character_data_ = false;
    return {Event::text, at + kCharacterDataEnd.size()};
  }
  const size_t tail = kCharacterDataEnd.size() - 1;
  if (view.size() <= tail) return {Event::need_more, 0};
  return {Event::text, view.size() - tail};
}

/// Text goes to expat without a reference that is cut off: expat would keep what precedes its end,
/// however long, and might look at it again only some octets after the next tag.
XmlReader::Step XmlReader::read_text(Bytes view) {
  size_t length = std::min(as_text(view).find('<'), view.size());
  const Bytes run = view.first(length);
  if (depth_ < 2) {
    const auto other = std::find_if_not(run.begin(), run.end(), is_blank);
    length = static_cast<size_t>(other - run.begin());
    if (length == 0) return fail(Event::stray, "text between stanzas");
    return {Event::text, length};
  }
  const size_t mark = as_text(run).rfind('&');
  if (mark != std::string_view::npos && as_text(run).find(';', mark) == std::string_view::npos) {
    if (length < view.size() || length - mark > kReferenceOctets) {
      return fail(Event::damaged, "not well-formed: a reference without an end");
    }
    length = mark;
    if (length == 0) return {Event::need_more, 0};
  }
  if (!feed(view.first(length))) return fail(Event::damaged, "not well-formed text");
  return {Event::text, length};
}

XmlReader::Step XmlReader::read_declaration(Bytes view) {
  constexpr std::string_view kStart = "<?xml";
  constexpr size_t kLongest = 128;
  if (may_become(view, kStart) || view.size() == kStart.size()) return {Event::need_more, 0};
  if (!starts_with(view, kStart) || !is_blank(view[kStart.size()])) {
    return fail(Event::forbidden, "a processing instruction, which XMPP forbids");
  }
  const std::string_view head = as_text(first_of(view, kLongest));
  const size_t end = head.find("?>");
  if (end == std::string_view::npos) {
    if (head.size() == kLongest) return fail(Event::damaged, "an endless XML declaration");
    return {Event::need_more, 0};
  }
  const std::string_view encoding = declared_encoding(head.substr(0, end));
  if (!encoding.empty() && !equals_ignoring_case(encoding, "UTF-8")) {
    return fail(Event::forbidden, "an encoding other than UTF-8, which XMPP forbids");
  }
  if (depth_ > 1) return fail(Event::damaged, "an XML declaration inside a stanza");
  start_document();
  if (inside_stream_) enter_imagined_root();  // a message of WebSocket may begin with one
  return {Event::declaration, end + 2};
}

/// The octets of the tag at the front of `view`, or 0 if its end has not come. `>` may stand in a
/// quoted value, `<` may not.
size_t XmlReader::end_of_tag(Bytes view) {
  for (size_t i = std::max<size_t>(scanned_, 1); i < view.size(); ++i) {
    const uint8_t octet = view[i];
    if (octet == '<') {
      reason_ = "not well-formed: a tag inside a tag";
      return 0;
    }
    if (quote_ != 0) {
      if (octet == quote_) quote_ = 0;
    } else if (octet == '"' || octet == '\'') {
      quote_ = octet;
    } else if (octet == '>') {
      scanned_ = 0;
      return i + 1;
    }
  }
  scanned_ = view.size();
  if (scanned_ > tag_octets_) reason_ = "an endless tag";
  return 0;
}

XmlReader::Step XmlReader::read_tag(Bytes view) {
  const size_t length = end_of_tag(view);
  if (!reason_.empty()) return fail(Event::damaged, reason_);
  if (length == 0) return {Event::need_more, 0};
  const Bytes tag = view.first(length);
  const bool is_end = tag[1] == '/';
  if (!is_end && depth_ == 1 && local_name(tag) == "stream") start_document();
  if (is_end && depth_ == 0) return fail(Event::damaged, "not well-formed: an end without a start");
  if (!is_end) element_.declared.clear();
  const size_t before = depth_;
  if (!feed(tag)) {
    return fail(Event::damaged, reason_.empty() ? "not well-formed XML" : reason_);
  }
  if (is_end) return {Event::close, length};
  return {depth_ > before ? Event::open : Event::empty, length};
}

bool XmlReader::feed(Bytes octets) {
  constexpr size_t kPortion = size_t{1} << 20;  // expat counts in int
  while (!octets.empty()) {
    const Bytes portion = first_of(octets, kPortion);
    if (XML_Parse(expat_.get(), as_text(portion).data(), static_cast<int>(portion.size()),
                  XML_FALSE) != XML_STATUS_OK) {
      return false;
    }
    octets = octets.subspan(portion.size());
  }
  return true;
}

XmlReader::Step XmlReader::fail(Event event, std::string_view reason) {
  reason_ = reason;
  return {event, 0};
}

}  // namespace parlance
