#include "protocols/support/xmpp_stream.h"

#include <algorithm>

namespace parlance {
namespace {

constexpr std::string_view kStreams = "http://etherx.jabber.org/streams";
constexpr std::string_view kHttpBind = "http://jabber.org/protocol/httpbind";
constexpr std::string_view kXbosh = "urn:xmpp:xbosh";

bool is_header(const XmlElement& element) {
  return element.space == kStreams && element.name == "stream";
}

bool declares(const XmlElement& element, std::string_view space) {
  return std::any_of(element.declared.begin(), element.declared.end(),
                     [&](const auto& each) { return each.second == space; });
}

bool has_no_root(XmppStream::Framing framing) {
  return framing == XmppStream::Framing::fragment || framing == XmppStream::Framing::websocket;
}

}  // namespace

XmppStream::XmppStream(Direction direction, Framing framing, const Limits& limits, bool doubtful)
    : direction_(direction),
      framing_(framing),
      xml_(limits, has_no_root(framing)),
      silent_(doubtful) {}

size_t XmppStream::step(Bytes view, uint64_t offset, XmppRecord& record, Findings& findings) {
  child_has_ended_ = false;
  if (state_ != State::reading) return 0;
  const size_t before = xml_.depth();
  const auto [event, used] = xml_.next(view);
  const Place tag{direction_, offset, view.first(used)};
  switch (event) {
    case XmlReader::Event::open:
      opened(xml_.depth() - 1, tag, record, findings);
      break;
    case XmlReader::Event::empty:
      opened(xml_.depth(), tag, record, findings);
      if (state_ == State::reading) closed(xml_.depth(), record, findings);
      break;
    case XmlReader::Event::close:
      closed(xml_.depth(), record, findings);
      break;
    case XmlReader::Event::stray:
      state_ = State::stray;
      return 0;
    case XmlReader::Event::forbidden:
    case XmlReader::Event::damaged:
      state_ = State::broken;
      return 0;
    default:
      break;
  }
  if (before > 1 && offset - child_offset_ > findings.limits().xml_stanza_octets) {
    fail("a stanza above the limit");
  }
  return state_ == State::broken ? 0 : used;
}

void XmppStream::fail(std::string_view reason) {
  state_ = State::broken;
  reason_ = reason;
}

void XmppStream::opened(size_t depth, const Place& tag, XmppRecord& record, Findings& findings) {
  if (depth == 0) return root(tag, record, findings);
  if (depth == 1) return child(tag, record, findings);
  if (!silent_) record.inner(direction_, xml_.element(), findings);
}

void XmppStream::root(const Place& tag, XmppRecord& record, Findings& findings) {
  const XmlElement& element = xml_.element();
  root_offset_ = tag.offset;
  if (framing_ == Framing::bosh) {
    if (element.space != kHttpBind || element.name != "body") {
      return fail("the root element is no BOSH body");
    }
    bosh_speaks_xmpp_ = declares(element, kXbosh);
    return record.bosh_body(direction_, element, tag, bosh_speaks_xmpp_, findings);
  }
  if (!is_header(element)) return fail("the root element is no stream in XMPP's namespace");
  if (!silent_) record.header(direction_, element, tag, findings);
  silent_ = false;
}

void XmppStream::child(const Place& tag, XmppRecord& record, Findings& findings) {
  const XmlElement& element = xml_.element();
  child_ = classify(element);
  child_offset_ = tag.offset;
  if (silent_) return;
  if (framing_ == Framing::bosh && !bosh_speaks_xmpp_ && child_ != XmppElement::other) {
    bosh_speaks_xmpp_ = true;
    record.bosh_body(direction_, element, {direction_, root_offset_, {}}, true, findings);
  }
  if (framing_ == Framing::websocket && child_ == XmppElement::framing_open) {
    return record.header(direction_, element, tag, findings);
  }
  record.child(direction_, child_, element, tag, findings);
}

void XmppStream::closed(size_t depth, XmppRecord& record, Findings& findings) {
  if (depth == 0) {
    state_ = State::ended;
  } else if (depth > 1) {
    if (!silent_) record.inner_end(direction_, xml_.text(), findings);
  } else {
    if (!silent_) record.child_end(direction_, findings);
    silent_ = false;
    child_has_ended_ = true;
  }
}

}  // namespace parlance
