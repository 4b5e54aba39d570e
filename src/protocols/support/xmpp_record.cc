#include "protocols/support/xmpp_record.h"

#include <algorithm>

#include "base/text.h"

namespace parlance {
namespace {

constexpr size_t kChildren = 512;   // read of a conversation; TLS and compression come earlier
constexpr size_t kStrangers = 32;   // read before it is said that there is nothing of XMPP
constexpr size_t kMechanisms = 32;  // noted of a server's list
constexpr size_t kWordOctets = 64;  // of a mechanism's or method's name
constexpr size_t kDomainOctets = 255;

constexpr std::string_view kStreams = "http://etherx.jabber.org/streams";
constexpr std::string_view kTls = "urn:ietf:params:xml:ns:xmpp-tls";
constexpr std::string_view kSasl = "urn:ietf:params:xml:ns:xmpp-sasl";
constexpr std::string_view kSasl2 = "urn:xmpp:sasl:";
constexpr std::string_view kManagement = "urn:xmpp:sm:";
constexpr std::string_view kCompress = "http://jabber.org/protocol/compress";
constexpr std::string_view kDialback = "jabber:server:dialback";
constexpr std::string_view kComponent = "jabber:component:";
constexpr std::string_view kFraming = "urn:ietf:params:xml:ns:xmpp-framing";

/// Letters, digits and what mechanism names are made of (RFC 4422 section 3.1), so that nothing
/// else of the text around can get into the record.
bool is_word(std::string_view text) {
  return !text.empty() && text.size() <= kWordOctets &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                  c == '-' || c == '_';
         });
}

uint64_t hash_of(std::string_view text) {  // FNV-1a; only equality matters
  uint64_t hash = 0xcbf29ce484222325;
  for (const char c : text) hash = (hash ^ static_cast<uint8_t>(c)) * 0x100000001b3;
  return hash;
}

bool is_content_space(std::string_view space) {
  // Riot's streams declare no content namespace at all, so their stanzas have none either.
  return space.empty() || space == "jabber:client" || space == "jabber:server" ||
         space.starts_with(kComponent);
}

bool declares_xmpp_space(const XmlElement& element) {
  return std::any_of(element.declared.begin(), element.declared.end(),
                     [](const auto& each) { return is_xmpp_space(each.second); });
}

XmppElement one_of(std::string_view name,
                   std::initializer_list<std::pair<std::string_view, XmppElement>> known,
                   XmppElement otherwise) {
  for (const auto& [each, kind] : known) {
    if (each == name) return kind;
  }
  return otherwise;
}

/// What of a start tag may be shown. Attributes of stream management, BOSH and stanzas may hold
/// session keys and people's addresses.
Bytes shown(XmppElement kind, Bytes tag) {
  switch (kind) {
    case XmppElement::features:
    case XmppElement::starttls:
    case XmppElement::proceed:
    case XmppElement::tls_failure:
    case XmppElement::sasl:
    case XmppElement::compress:
    case XmppElement::compressed:
    case XmppElement::framing_close:
      return tag;
    default:
      return tag.first(std::min(as_text(tag).find_first_of(" \t\r\n/>"), tag.size()));
  }
}

/// What of a stream header may be shown: it ends before an attribute that names a person.
Place shown_header(const Place& tag) {
  const std::string_view text = as_text(tag.octets);
  const size_t person = text.find('@');
  if (person == std::string_view::npos) return tag;
  const size_t end = std::min(text.find_last_of(" \t\r\n", person), text.size());
  return {tag.direction, tag.offset, tag.octets.first(end)};
}

std::string_view role_of(std::string_view content, std::string_view to) {
  if (content == "jabber:server") return "s2s";
  if (content.starts_with(kComponent)) return "component";
  // XEP-0174: there is no server, and the stream is addressed to a person.
  if (to.find('@') != std::string_view::npos) return "link-local";
  return "c2s";
}

}  // namespace

bool is_xmpp_space(std::string_view space) {
  return space.starts_with("jabber:") || space.starts_with("urn:xmpp:") ||
         space.starts_with("http://jabber.org/") || space == "vcard-temp" || space == kStreams ||
         space.starts_with("urn:ietf:params:xml:ns:xmpp-");
}

bool is_stanza(XmppElement element) {
  return element == XmppElement::message || element == XmppElement::presence ||
         element == XmppElement::iq;
}

XmppElement classify(const XmlElement& element) {
  const std::string_view space = element.space, name = element.name;
  if (space == kStreams) {
    return one_of(name, {{"features", XmppElement::features}, {"error", XmppElement::stream_error}},
                  XmppElement::other);
  }
  if (space == kTls) {
    return one_of(name, {{"starttls", XmppElement::starttls}, {"proceed", XmppElement::proceed}},
                  XmppElement::tls_failure);
  }
  if (space == kCompress) {
    return one_of(name,
                  {{"compress", XmppElement::compress}, {"compressed", XmppElement::compressed}},
                  XmppElement::compress_failure);
  }
  if (space == kFraming) {
    return one_of(name,
                  {{"open", XmppElement::framing_open}, {"close", XmppElement::framing_close}},
                  XmppElement::other);
  }
  if (space == kSasl) return XmppElement::sasl;
  if (space.starts_with(kSasl2)) return XmppElement::sasl2;
  if (space.starts_with(kManagement)) return XmppElement::management;
  if (space == kDialback) return XmppElement::dialback;
  if (space.starts_with(kComponent) && name == "handshake") return XmppElement::handshake;
  if (!is_content_space(space)) return XmppElement::other;
  return one_of(name,
                {{"message", XmppElement::message},
                 {"presence", XmppElement::presence},
                 {"iq", XmppElement::iq}},
                XmppElement::other);
}

bool XmppRecord::seen_enough() const {
  return children_ >= kChildren;
}
bool XmppRecord::seen_nothing() const {
  return children_ >= kStrangers && best_ < Strength::strong;
}

void XmppRecord::say(Strength strength, std::string_view what, const Place& place,
                     std::string_view text, Findings& findings) {
  for (Said& each : said_) {
    if (each.what != what) continue;
    if (each.strength >= strength) return;
    each.strength = strength;
    best_ = std::max(best_, strength);
    return findings.confirm(strength, what, place, std::string(text));
  }
  said_.push_back({what, strength});
  if (best_ == Strength::none) note_transport(transport_, findings);
  best_ = std::max(best_, strength);
  findings.confirm(strength, what, place, std::string(text));
}

void XmppRecord::note_transport(std::string_view transport, Findings& findings) {
  transport_ = transport;
  findings.note("xmpp.transport", std::string(transport));
}

void XmppRecord::note_domain(std::string_view address, const Place& tag, Findings& findings) {
  const size_t at = address.find('@');
  std::string_view domain = at == std::string_view::npos ? address : address.substr(at + 1);
  domain = domain.substr(0, domain.find('/'));
  const bool plain = std::all_of(domain.begin(), domain.end(), [](char c) {
    return static_cast<uint8_t>(c) > 0x20 && c != 0x7f && c != '"' && c != '<' && c != '>';
  });
  if (domain.empty() || domain.size() > kDomainOctets || !plain) return;
  findings.note("xmpp.domain", to_valid_utf8(as_bytes(domain)));
  findings.field("xmpp.domain", {tag.direction, tag.offset, as_bytes(domain)});
  domain_noted_ = true;
}

void XmppRecord::note_header(const XmlElement& element, const Place& tag, Findings& findings) {
  const Direction direction = tag.direction;
  const std::string_view to = element.attribute("to");
  const std::string_view version = element.attribute("version");
  const bool from_client = direction == Direction::to_server;
  if (from_client || !side(Direction::to_server).header) {
    findings.note("xmpp.role",
                  std::string(role_of(side(direction).content, from_client ? to : "")));
  }
  if (from_client && !to.empty()) note_domain(to, tag, findings);
  if (!from_client && !domain_noted_) note_domain(element.attribute("from"), tag, findings);
  const bool is_number = std::all_of(version.begin(), version.end(),
                                     [](char c) { return c == '.' || (c >= '0' && c <= '9'); });
  if (!version.empty() && version.size() <= 8 && is_number) {
    findings.note("xmpp.version", std::string(version));
  }
}

void XmppRecord::header(Direction direction, const XmlElement& element, const Place& tag,
                        Findings& findings) {
  Side& mine = side(direction);
  const Side& other = side(opposite(direction));
  const bool framed = element.space == kFraming;
  const std::string_view content = element.default_space();
  const bool restarted = mine.header;  // after SASL or compression: says nothing new
  mine.header = true;
  mine.content = framed || content == kStreams ? "" : content;
  note_header(element, tag, findings);
  if (restarted) return;
  const bool agree = other.header && (other.content == mine.content || other.content.empty() ||
                                      mine.content.empty());
  const Strength strength = agree ? Strength::proof : Strength::strong;
  const bool from_client = direction == Direction::to_server;
  if (framed) {
    say(strength, from_client ? "framing-open-client" : "framing-open-server", shown_header(tag),
        agree ? "both sides open an XMPP stream in RFC 7395 framing"
              : "RFC 7395 <open/> in XMPP's framing namespace",
        findings);
  } else {
    say(strength, from_client ? "stream-header-client" : "stream-header-server", shown_header(tag),
        agree ? "both sides opened a stream in XMPP's namespace, their headers agree"
              : "a stream header in XMPP's namespace",
        findings);
  }
}

void XmppRecord::child(Direction direction, XmppElement kind, const XmlElement& element,
                       const Place& tag, Findings& findings) {
  Side& mine = side(direction);
  const Place place{tag.direction, tag.offset, shown(kind, tag.octets)};
  mine.kind = kind;
  mine.offset = tag.offset;
  mine.tag.assign(as_text(first_of(place.octets, 16)));
  mine.last.clear();
  mine.spaced = declares_xmpp_space(element);
  mine.answers = false;
  const auto proven = [&](std::string_view what, std::string_view text) {
    say(Strength::proof, what, place, text, findings);
  };
  switch (kind) {
    case XmppElement::features:
      return proven("features", "the stream features of an XMPP server");
    case XmppElement::stream_error:
      return proven("stream-error", "an XMPP stream error");
    case XmppElement::starttls:
      return proven("starttls", "the client asks for TLS inside XMPP");
    case XmppElement::proceed:
      return proven("proceed", "the server agrees to TLS inside XMPP");
    case XmppElement::tls_failure:
      return proven("tls-failure", "the server refuses TLS");
    case XmppElement::sasl2:
      proven("sasl2", "SASL2 authentication (XEP-0388)");
      break;
    case XmppElement::sasl:
      proven("sasl", "SASL authentication (RFC 6120 section 6)");
      break;
    case XmppElement::compress:
      return proven("compress", "the client asks for compression (XEP-0138)");
    case XmppElement::compressed:
      proven("compressed", "the server agrees to compression (XEP-0138)");
      return findings.note("xmpp.compression", method_.empty() ? std::string("zlib") : method_);
    case XmppElement::management:
      findings.note("xmpp.stream_management", true);
      return proven("stream-management", "stream management (XEP-0198)");
    case XmppElement::dialback:
      return proven("dialback", "server dialback (XEP-0220)");
    case XmppElement::handshake:
      return proven("component-handshake", "a component's handshake (XEP-0114)");
    case XmppElement::iq:
      return match_iq(direction, element);
    default:
      return;
  }
  const std::string_view mechanism = element.attribute("mechanism");
  if (is_word(mechanism)) findings.note("xmpp.mechanism", std::string(mechanism));
}

void XmppRecord::match_iq(Direction direction, const XmlElement& element) {
  Side& mine = side(direction);
  const std::string_view type = element.attribute("type"), id = element.attribute("id");
  if (id.empty()) return;
  if (type == "get" || type == "set") {
    mine.requests.remember(hash_of(id));
  } else if (type == "result" || type == "error") {
    mine.answers = side(opposite(direction)).requests.holds(hash_of(id));
  }
}

void XmppRecord::inner(Direction direction, const XmlElement& element, Findings& findings) {
  Side& mine = side(direction);
  mine.last = element.name;
  mine.spaced |= declares_xmpp_space(element);
  if (mine.kind == XmppElement::features) feature(element, findings);
}

void XmppRecord::feature(const XmlElement& element, Findings& findings) {
  if (element.space == kTls) {
    tls_offered_ = true;
    const bool required = element.name == "required";
    findings.note("xmpp.tls", std::string(required ? "required" : "offered"));
  }
}

void XmppRecord::inner_end(Direction direction, std::string_view text, Findings& findings) {
  Side& mine = side(direction);
  const std::string_view word = trim(text);
  if (mine.last == "mechanism" && mine.kind == XmppElement::features) {
    const bool is_new =
        std::find(mechanisms_.begin(), mechanisms_.end(), word) == mechanisms_.end();
    if (is_new && is_word(word) && mechanisms_.size() < kMechanisms) {
      mechanisms_.emplace_back(word);
      findings.note("xmpp.mechanisms", mechanisms_);
    }
  } else if (mine.last == "method" && mine.kind == XmppElement::compress && is_word(word)) {
    method_ = word;
  }
  mine.last.clear();
}

void XmppRecord::child_end(Direction direction, Findings& findings) {
  const XmppElement kind = side(direction).kind;
  ++children_;
  if (!is_stanza(kind)) return;
  count_stanza(direction, kind, findings);
  say_stanza(direction, findings);
}

void XmppRecord::count_stanza(Direction direction, XmppElement kind, Findings& findings) {
  const bool up = direction == Direction::to_server;
  switch (kind) {
    case XmppElement::message:
      return findings.count(up ? "xmpp.messages_toserver" : "xmpp.messages_toclient");
    case XmppElement::presence:
      return findings.count(up ? "xmpp.presences_toserver" : "xmpp.presences_toclient");
    default:
      return findings.count(up ? "xmpp.iqs_toserver" : "xmpp.iqs_toclient");
  }
}

void XmppRecord::say_stanza(Direction direction, Findings& findings) {
  Side& mine = side(direction);
  const Side& other = side(opposite(direction));
  const auto bit = static_cast<uint8_t>(
      1U << (static_cast<unsigned>(mine.kind) - static_cast<unsigned>(XmppElement::message)));
  mine.kinds |= bit;
  mine.spaced_stanza |= mine.spaced;
  const Place place{direction, mine.offset, as_bytes(mine.tag)};
  const bool any_space = mine.spaced_stanza || other.spaced_stanza;
  if (mine.header) {
    return say(Strength::proof, "stanzas", place, "a whole stanza in a stream that was opened",
               findings);
  }
  if (mine.answers && any_space) {
    say(Strength::proof, "iq-exchange", place,
        "an <iq/> answers the other side's of the same id, in a namespace of XMPP", findings);
  }
  if (mine.spaced_stanza && other.spaced_stanza) {
    return say(Strength::proof, "stanzas", place,
               "whole stanzas in XMPP's namespaces, in both directions", findings);
  }
  const bool several = (mine.kinds & (mine.kinds - 1)) != 0;
  if (mine.spaced_stanza) {
    return say(Strength::strong, "stanzas", place, "a whole stanza in a namespace of XMPP",
               findings);
  }
  if (several) {
    return say(Strength::strong, "stanzas", place, "whole stanzas of different kinds", findings);
  }
  say(Strength::hint, "stanzas", place, "an element named like a stanza", findings);
}

void XmppRecord::bosh_body(Direction direction, const XmlElement& element, const Place& tag,
                           bool speaks_xmpp, Findings& findings) {
  Side& mine = side(direction);
  if (speaks_xmpp) mine.header = true;
  findings.note("xmpp.role", std::string("c2s"));
  const bool from_client = direction == Direction::to_server;
  if (from_client && !element.attribute("to").empty()) {
    note_domain(element.attribute("to"), tag, findings);
  } else if (!from_client && !domain_noted_) {
    note_domain(element.attribute("from"), tag, findings);
  }
  const Place place{tag.direction, tag.offset, shown(XmppElement::other, tag.octets)};
  say(speaks_xmpp ? Strength::proof : Strength::strong,
      from_client ? "bosh-body-client" : "bosh-body-server", place,
      speaks_xmpp ? "a BOSH body that carries XMPP (XEP-0206)" : "a BOSH body (XEP-0124)",
      findings);
}

void XmppRecord::stream_end(const Place& tag, Findings& findings) {
  say(Strength::strong, "stream-end", tag, "the end of an XMPP stream", findings);
}

}  // namespace parlance
