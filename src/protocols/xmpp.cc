// XMPP streams on TCP or inside TLS (RFC 6120): client to server, server to server with dialback,
// components (XEP-0114), link-local (XEP-0174) and the Jabber streams before 1.0. Each direction is
// one XML document that stays open:
//
//   [<?xml … ?>] <stream:stream xmlns:stream='http://etherx.jabber.org/streams' …>
//     <stream:features/> <iq/> <message/> …            and the same again after SASL
//
// After <proceed/> TLS begins at the very next octet (section 5.4.2.3) and is handed to an inner
// channel. After <compressed/> both directions are one zlib stream each (XEP-0138), which is
// inflated here. A capture that begins late, or has holes, is read from the next element that XMPP
// has; if other text had to be passed over to get there, nothing is said before two elements follow
// one another.
//
// Bounds: a tag of header_block_octets, a stanza of xml_stanza_octets (a larger one ends the
// parser's work), 512 stanzas of both directions; by then neither TLS nor compression follows.
#include <algorithm>
#include <array>
#include <memory>
#include <optional>

#include "base/input_buffer.h"
#include "protocols/parser.h"
#include "protocols/support/inflater.h"
#include "protocols/support/xmpp_record.h"
#include "protocols/support/xmpp_stream.h"

namespace parlance {
namespace {

constexpr size_t kResyncs = 8;      // of a direction, after holes and damage
constexpr size_t kNameOctets = 64;  // of an element that a stream may be picked up at
constexpr uint8_t kTlsHandshake = 0x16, kTlsFirst = 0x14, kTlsLast = 0x17;  // record types

constexpr std::string_view kBlank = " \t\r\n";
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
constexpr std::string_view kStreamEnd = "</stream:stream>";

/// Children of a stream at which it may be picked up, without prefix.
constexpr std::array<std::string_view, 24> kChildren = {
    "iq",     "message",    "presence", "features", "error",        "r",         "a",
    "enable", "enabled",    "resume",   "resumed",  "failed",       "starttls",  "proceed",
    "auth",   "challenge",  "response", "success",  "authenticate", "handshake", "result",
    "verify", "compressed", "failure"};

/// What the element at the front of `view` is called, without prefix; empty if that cannot be said
/// yet (`whole` false) or it is no start tag.
struct Name {
  std::string_view local;
  bool whole = false;
};
Name name_at(Bytes view) {
  const std::string_view head = as_text(first_of(view, kNameOctets)).substr(1);
  const size_t end = head.find_first_of(" \t\r\n/>", head.starts_with('/') ? 1 : 0);
  if (end == std::string_view::npos) return {{}, view.size() >= kNameOctets};
  const std::string_view name = head.substr(0, end);
  const size_t colon = name.find(':');
  return {colon == std::string_view::npos ? name : name.substr(colon + 1), true};
}

bool is_child(std::string_view name) {
  return std::find(kChildren.begin(), kChildren.end(), name) != kChildren.end();
}

class Xmpp : public Parser {
 public:
  explicit Xmpp(const Start& start)
      : record_(start.carrier == Carrier::tls ? "direct-tls" : "tcp"),
        usable_(start.unit == Unit::bytes),
        midstream_(start.midstream) {}

  void data(Direction direction, Bytes octets, Findings& findings) override;
  void gap(Direction direction, uint64_t length, Findings& findings) override;

 private:
  enum class Mode : uint8_t {
    start,  ///< at the first octets
    seek,   ///< in search of an element to pick the stream up at
    xml,
    zlib,  ///< the XML is inside a compressed stream
    tls,   ///< handed to the inner channel
    over,  ///< ended, or lost
  };
  struct Side {
    Mode mode = Mode::start;
    InputBuffer input;
    std::unique_ptr<XmppStream> stream;
    std::unique_ptr<Inflater> inflater;
    std::vector<uint8_t> plain;    // inflated and not used up
    uint64_t compressed_from = 0;  // where the compressed stream began
    uint64_t passed = 0;           // octets passed over in search of an element
    size_t resyncs = 0;
    bool declared = false;  // the search is for the header after an XML declaration
    bool hole = false;      // the search is for what follows a hole
    bool asked_tls = false, asked_zlib = false;
  };
  Side& side(Direction direction) { return sides_[index(direction)]; }

  size_t step(Direction direction, Bytes view, uint64_t offset, Findings& findings);
  size_t read_start(Direction direction, Bytes view, uint64_t offset, Findings& findings);
  size_t begin_at_tag(Direction direction, Bytes view, uint64_t offset, Findings& findings);
  size_t begin_at_end(Direction direction, Bytes view, uint64_t offset, Findings& findings);
  size_t not_a_start(std::string_view reason, Direction direction, Findings& findings);
  size_t seek(Direction direction, Bytes view, Findings& findings);
  size_t read_xml(Direction direction, Bytes view, uint64_t offset, Findings& findings);
  void after_child(Direction direction, XmppElement kind, Findings& findings);
  size_t broken(Direction direction, Findings& findings);
  void inflate(Direction direction, Bytes octets, Findings& findings);
  void start_tls(Direction direction, Findings& findings);
  void pass_on(Direction direction, Bytes octets, Findings& findings);
  void lose(Direction direction, Findings& findings);
  void give_up(std::string_view reason, Findings& findings);
  bool looks_like_tls(const Side& mine, Bytes view) const;

  XmppRecord record_;
  Side sides_[2];
  std::optional<ChannelId> inner_;
  bool usable_;
  bool midstream_;
  bool over_ = false;
};

void Xmpp::data(Direction direction, Bytes octets, Findings& findings) {
  if (!usable_) return findings.finish();  // messages are xmpp_websocket's and xmpp_bosh's
  Side& mine = side(direction);
  if (mine.mode == Mode::over) return;
  if (mine.mode == Mode::tls) return pass_on(direction, octets, findings);
  if (mine.mode == Mode::zlib) return inflate(direction, octets, findings);

  const Bytes view = mine.input.append(octets);
  size_t used = 0;
  while (used < view.size() && !over_ && mine.mode != Mode::over) {
    const Mode before = mine.mode;
    const size_t length = step(direction, view.subspan(used), mine.input.offset() + used, findings);
    used += length;
    if (mine.mode == Mode::tls || mine.mode == Mode::zlib) break;
    if (length == 0 && mine.mode == before) break;
  }
  if (over_ || mine.mode == Mode::over) used = view.size();
  if (mine.mode == Mode::tls && !over_) {
    pass_on(direction, view.subspan(used), findings);
    used = view.size();
  } else if (mine.mode == Mode::zlib && !over_) {
    mine.compressed_from = mine.input.offset() + used;
    inflate(direction, view.subspan(used), findings);
    used = view.size();
  }
  mine.input.consume(used);
}

size_t Xmpp::step(Direction direction, Bytes view, uint64_t offset, Findings& findings) {
  switch (side(direction).mode) {
    case Mode::start:
      return read_start(direction, view, offset, findings);
    case Mode::seek:
      return seek(direction, view, findings);
    default:
      return read_xml(direction, view, offset, findings);
  }
}

size_t Xmpp::read_start(Direction direction, Bytes view, uint64_t offset, Findings& findings) {
  Side& mine = side(direction);
  const size_t blank = std::min(as_text(view).find_first_not_of(kBlank), view.size());
  if (blank > 0) return blank;  // whitespace keeps a connection alive (section 4.6.1)
  const std::string_view text = as_text(view);
  if (text.starts_with(kByteOrderMark)) return kByteOrderMark.size();
  if (kByteOrderMark.starts_with(text)) return 0;
  if (view[0] == '<') return begin_at_tag(direction, view, offset, findings);
  // The first octet of a stream is lost where a capture's sequence numbers are off by one.
  constexpr std::string_view kDeclarationTail = "?xml ";
  const bool lost_one = text.starts_with(kDeclarationTail);
  if (!lost_one && kDeclarationTail.starts_with(text)) return 0;
  if (!lost_one) return not_a_start("the first octet is not that of a tag", direction, findings);
  mine.declared = true;
  mine.mode = Mode::seek;
  return kDeclarationTail.size();
}

size_t Xmpp::begin_at_tag(Direction direction, Bytes view, uint64_t offset, Findings& findings) {
  Side& mine = side(direction);
  if (view.size() < 2) return 0;
  const Name name = name_at(view);
  if (!name.whole) return 0;
  const bool is_end = view[1] == '/';
  if (is_end && name.local == "stream") return begin_at_end(direction, view, offset, findings);
  const bool whole_stream = !is_end && (name.local == "?xml" || name.local == "stream");
  if (!whole_stream && (is_end || !is_child(name.local))) {
    return not_a_start("the root element is no stream in XMPP's namespace", direction, findings);
  }
  mine.stream = std::make_unique<XmppStream>(
      direction, whole_stream ? XmppStream::Framing::stream : XmppStream::Framing::fragment,
      findings.limits());
  mine.mode = Mode::xml;
  return 0;
}

/// All that is left of a stream may be its end.
size_t Xmpp::begin_at_end(Direction direction, Bytes view, uint64_t offset, Findings& findings) {
  if (view.size() < kStreamEnd.size()) return 0;
  const Bytes tag = view.first(kStreamEnd.size());
  if (as_text(tag) != kStreamEnd) return not_a_start("an end tag first", direction, findings);
  record_.stream_end({direction, offset, tag}, findings);
  side(direction).mode = Mode::over;
  return tag.size();
}

/// The first octets are not those of a stream: not XMPP, unless the capture began inside one.
size_t Xmpp::not_a_start(std::string_view reason, Direction direction, Findings& findings) {
  if (!midstream_) {
    give_up(reason, findings);
    return 0;
  }
  side(direction).mode = Mode::seek;
  side(direction).passed = 1;
  return 1;
}

/// Passes over what cannot be read until an element that a stream may hold.
size_t Xmpp::seek(Direction direction, Bytes view, Findings& findings) {
  Side& mine = side(direction);
  if (mine.hole && view.size() < 2) return 0;
  if (looks_like_tls(mine, view)) {
    start_tls(direction, findings);
    return 0;
  }
  mine.hole = false;
  size_t at = 0;
  for (; at < view.size(); ++at) {
    if (view[at] != '<') continue;
    if (view.size() - at < 2) break;
    const Name name = name_at(view.subspan(at));
    if (!name.whole) break;
    if (view[at + 1] == '/') continue;
    if (name.local != "?xml" && name.local != "stream" && !is_child(name.local)) continue;
    const bool doubtful =
        record_.best() < Strength::strong && mine.passed + at > 0 && !mine.declared;
    mine.stream = std::make_unique<XmppStream>(direction, XmppStream::Framing::fragment,
                                               findings.limits(), doubtful);
    mine.mode = Mode::xml;
    break;
  }
  mine.passed += at;
  if (mine.passed > findings.limits().xml_stanza_octets) lose(direction, findings);
  return at;
}

/// After a hole that may hide the start of TLS: a record's type, which is no character of XML.
bool Xmpp::looks_like_tls(const Side& mine, Bytes view) const {
  if (!mine.hole) return false;
  if (inner_.has_value()) return view[0] >= kTlsFirst && view[0] <= kTlsLast && view[1] == 3;
  return record_.tls_offered() && view[0] == kTlsHandshake && view[1] == 3;
}

size_t Xmpp::read_xml(Direction direction, Bytes view, uint64_t offset, Findings& findings) {
  Side& mine = side(direction);
  XmppStream& stream = *mine.stream;
  if (stream.depth() == 1 && view[0] != '<') {
    // The client does not wait to see how its own octets are read: whether the server agreed shows
    // in what the client sends next.
    const bool blank = kBlank.find(static_cast<char>(view[0])) != std::string_view::npos;
    if (view[0] == kTlsHandshake && (mine.asked_tls || inner_)) {
      start_tls(direction, findings);
      return 0;
    }
    if (!blank && mine.asked_zlib && mine.inflater == nullptr) {
      mine.mode = Mode::zlib;
      return 0;
    }
  }
  const size_t used = stream.step(view, offset, record_, findings);
  if (stream.state() == XmppStream::State::ended) {
    mine.mode = Mode::over;
    if (side(opposite(direction)).mode == Mode::over) {
      over_ = true;
      findings.finish();
    }
  } else if (stream.state() != XmppStream::State::reading) {
    return broken(direction, findings);
  } else if (stream.child_ended()) {
    after_child(direction, stream.ended_child(), findings);
  }
  return used;
}

void Xmpp::after_child(Direction direction, XmppElement kind, Findings& findings) {
  Side& mine = side(direction);
  switch (kind) {
    case XmppElement::starttls:
      mine.asked_tls = true;
      break;
    case XmppElement::proceed:
      start_tls(direction, findings);
      break;
    case XmppElement::compress:
      mine.asked_zlib = true;
      break;
    case XmppElement::compressed:
      if (mine.inflater == nullptr) mine.mode = Mode::zlib;
      break;
    default:
      break;
  }
  if (record_.seen_nothing()) give_up("no element of XMPP among many", findings);
  if (record_.seen_enough()) {
    over_ = true;
    findings.finish();
  }
}

/// XML that is none. In a stream that was picked up somewhere this may only mean that it was picked
/// up inside a stanza; anywhere else, and if mere text stands between stanzas, it is not XMPP.
size_t Xmpp::broken(Direction direction, Findings& findings) {
  Side& mine = side(direction);
  const bool may_resync = mine.stream->state() == XmppStream::State::broken &&
                          mine.inflater == nullptr && (midstream_ || mine.resyncs > 0) &&
                          ++mine.resyncs < kResyncs;
  const std::string_view reason = mine.stream->reason();
  if (!may_resync) {
    give_up(reason, findings);
    return 0;
  }
  mine.stream.reset();
  mine.mode = Mode::seek;
  mine.passed += 1;
  return 1;
}

void Xmpp::inflate(Direction direction, Bytes octets, Findings& findings) {
  Side& mine = side(direction);
  if (mine.inflater == nullptr) mine.inflater = std::make_unique<Inflater>(Inflater::Format::zlib);
  mine.mode = Mode::zlib;
  if (octets.empty()) return;
  const size_t limit = mine.plain.size() + findings.limits().inflate_octets;
  if (mine.inflater->inflate(octets, mine.plain, limit) != Inflater::Answer::ok) {
    return give_up("compressed data that is damaged or grows without measure", findings);
  }
  // Octets inside a compressed stream have no place of their own: evidence names its beginning.
  size_t used = 0;
  while (used < mine.plain.size() && !over_ && mine.mode == Mode::zlib) {
    const size_t length =
        read_xml(direction, Bytes(mine.plain).subspan(used), mine.compressed_from, findings);
    if (length == 0) break;
    used += length;
  }
  mine.plain.erase(mine.plain.begin(), mine.plain.begin() + static_cast<ptrdiff_t>(used));
}

void Xmpp::start_tls(Direction direction, Findings& findings) {
  if (!inner_) {
    inner_ = findings.open_as("tls", Carrier::tcp, Unit::bytes, {});
    findings.note("xmpp.tls", std::string("started"));
    record_.note_transport("starttls", findings);
  }
  side(direction).mode = Mode::tls;
  side(direction).stream.reset();
}

void Xmpp::pass_on(Direction direction, Bytes octets, Findings& findings) {
  if (octets.empty()) return;
  findings.deliver(*inner_, direction, octets);
  // The stream inside TLS says that it is carried by TLS; how it came to be is known only here.
  record_.note_transport("starttls", findings);
  if (findings.listening(*inner_)) return;
  over_ = true;
  findings.finish();
}

void Xmpp::gap(Direction direction, uint64_t length, Findings& findings) {
  Side& mine = side(direction);
  if (mine.mode == Mode::over || over_) return;
  if (mine.mode == Mode::tls) return findings.deliver_gap(*inner_, direction, length);
  if (mine.mode == Mode::zlib) return lose(direction, findings);
  mine.input.skip_gap(length);
  mine.stream.reset();
  mine.mode = Mode::seek;
  mine.hole = true;
  mine.passed += 1;
  if (++mine.resyncs > kResyncs) lose(direction, findings);
}

/// Nothing more can be read in this direction.
void Xmpp::lose(Direction direction, Findings& findings) {
  Side& mine = side(direction);
  mine.mode = Mode::over;
  mine.stream.reset();
  mine.inflater.reset();
  mine.plain = {};
  if (side(opposite(direction)).mode == Mode::over)
    give_up("no element of XMPP was found", findings);
}

void Xmpp::give_up(std::string_view reason, Findings& findings) {
  over_ = true;
  if (record_.best() == Strength::proof) return findings.finish();
  findings.refute(reason);
}

}  // namespace

extern const ParserModule kXmpp;
const ParserModule kXmpp{
    .name = "xmpp", .unit = Unit::bytes, .make = [](const Start& start) -> std::unique_ptr<Parser> {
      return std::make_unique<Xmpp>(start);
    }};

}  // namespace parlance
