// The flow record as NDJSON: parlance-json(5) says what stands in it, json_schema.cc exactly how.
#include <algorithm>
#include <array>
#include <string>

#include "base/time.h"
#include "report/json_writer.h"
#include "report/reporter.h"

namespace parlance::report {
namespace {

constexpr size_t kMostEvidence = 16;  // consumers want short lines
constexpr size_t kMostItems = 64;     // of a list that a parser noted
constexpr size_t kMostNotes = 64;     // as Limits::notes_per_flow

/// Members of the record that are ours: a note may not be taken for one of them.
constexpr std::array<std::string_view, 19> kOwnMembers = {
    "schema", "event_type", "timestamp", "flow_id",   "community_id", "pcap_filename",   "in_iface",
    "src_ip", "src_port",   "dest_ip",   "dest_port", "proto",        "direction_known", "vlan",
    "stack",  "label",      "app",       "evidence",  "flow"};

void write_endpoints(JsonWriter& json, const FlowRecord& record) {
  json.member("src_ip", AddressText(record.client.address));
  json.member("src_port", record.client.port);
  json.member("dest_ip", AddressText(record.server.address));
  json.member("dest_port", record.server.port);
  json.member("proto", record.transport == Transport::tcp ? "TCP" : "UDP");
  if (!direction_known(record)) json.key("direction_known").boolean(false);
  if (record.vlans.empty()) return;
  json.key("vlan").open_array();
  for (const uint16_t vlan : record.vlans) json.number(vlan);
  json.close_array();
}

void write_label(JsonWriter& json, const Verdict& verdict) {
  json.key("stack").open_array();
  for (const std::string_view protocol : verdict.stack) json.word(protocol);
  json.close_array();
  json.key("label").open_object();
  json.member("protocol", verdict.protocol);
  json.member("class", name_of(verdict.protocol_class));
  if (verdict.strength != Strength::none) json.member("strength", name_of(verdict.strength));
  json.member("state", verdict.state == VerdictState::final ? "final" : "provisional");
  json.close_object();
  if (!verdict.app) return;
  json.key("app").open_object();
  json.key("name").text(verdict.app->name);
  json.member("strength", name_of(verdict.app->strength));
  json.member("basis", name_of(verdict.app->basis));
  json.close_object();
}

void write_evidence(JsonWriter& json, const Evidence& evidence) {
  json.open_object();
  json.key("rule").path(evidence.supports, evidence.what);
  json.member("revision", evidence.revision);
  json.member("supports", evidence.supports);
  json.member("strength", name_of(evidence.strength));
  json.member("layer", evidence.layer);
  // A port or a DNS answer has no place in the flow's own octets.
  const bool has_place = evidence.length > 0 || !evidence.excerpt.empty();
  if (has_place) {
    json.member("dir", name_of(evidence.direction));
    json.member("offset", evidence.offset);
    json.member("length", evidence.length);
  }
  if (evidence.frame > 0) json.member("frame", evidence.frame);
  if (!evidence.excerpt.empty()) json.key("bytes").hex(evidence.excerpt);
  if (!evidence.text.empty()) json.key("text").text(evidence.text);
  json.close_object();
}

void write_all_evidence(JsonWriter& json, const std::vector<Evidence>& evidence) {
  if (evidence.empty()) return;
  json.key("evidence").open_array();
  for (size_t i = 0; i < std::min(evidence.size(), kMostEvidence); ++i) {
    write_evidence(json, evidence[i]);
  }
  json.close_array();
}

struct NoteWriter {
  JsonWriter& json;
  void operator()(bool value) const { json.boolean(value); }
  void operator()(int64_t value) const { json.number(value); }
  void operator()(const std::string& value) const { json.text(value); }
  void operator()(const std::vector<std::string>& values) const {
    json.open_array();
    for (size_t i = 0; i < std::min(values.size(), kMostItems); ++i) json.text(values[i]);
    json.close_array();
  }
};

bool is_empty(const NoteValue& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return text->empty();
  const auto* list = std::get_if<std::vector<std::string>>(&value);
  return list != nullptr && list->empty();
}

/// The object of a note that can be shown: "object.member", the object not one of the record's own, not
/// empty. Else nothing.
std::string_view shown_object(const Note& note) {
  const size_t dot = note.key.find('.');
  if (dot == std::string_view::npos || dot + 1 >= note.key.size() || is_empty(note.value)) return {};
  const std::string_view object = note.key.substr(0, dot);
  const bool is_taken = object == "reassembly" || std::find(kOwnMembers.begin(), kOwnMembers.end(),
                                                            object) != kOwnMembers.end();
  return is_taken ? std::string_view() : object;
}

/// "tls.sni" and "tls.ja4" become one object `tls`, in the order of first writing.
void write_notes(JsonWriter& json, const std::vector<Note>& notes) {
  if (notes.empty()) return;
  std::array<std::string_view, kMostNotes> objects;  // of the notes that are still to be written
  const size_t count = std::min(notes.size(), objects.size());
  for (size_t i = 0; i < count; ++i) objects[i] = shown_object(notes[i]);
  for (size_t first = 0; first < count; ++first) {
    const std::string_view object = objects[first];
    if (object.empty()) continue;
    json.key_of(object).open_object();
    for (size_t i = first; i < count; ++i) {
      if (objects[i] != object) continue;
      json.key_of(notes[i].key.substr(object.size() + 1));
      std::visit(NoteWriter{json}, notes[i].value);
      objects[i] = {};
    }
    json.close_object();
  }
}

void write_counters(JsonWriter& json, const FlowRecord& record, std::string_view start,
                    std::string_view end, bool has_ended) {
  const DirectionCounters& up = record.sent(Direction::to_server);
  const DirectionCounters& down = record.sent(Direction::to_client);
  json.key("flow").open_object();
  json.member("start", start);
  json.member("end", end);
  json.member("pkts_toserver", up.packets);
  json.member("pkts_toclient", down.packets);
  json.member("bytes_toserver", up.octets);
  json.member("bytes_toclient", down.octets);
  json.member("state", name_of(record.state));
  if (has_ended) json.member("reason", name_of(record.reason));
  json.member("direction_basis", name_of(record.direction_basis));
  json.close_object();
}

void write_reassembly(JsonWriter& json, const FlowRecord& record) {
  if (record.transport != Transport::tcp) return;
  const StreamFacts& up = record.streams[index(Direction::to_server)];
  const StreamFacts& down = record.streams[index(Direction::to_client)];
  json.key("reassembly").open_object();
  json.key("midstream").boolean(up.midstream || down.midstream);
  json.member("gaps_toserver", up.gaps);
  json.member("gaps_toclient", down.gaps);
  if (up.gaps > 0) json.member("gap_bytes_toserver", up.gap_octets);
  if (down.gaps > 0) json.member("gap_bytes_toclient", down.gap_octets);
  json.member("overlap_conflicts", up.overlap_conflicts + down.overlap_conflicts);
  json.key("truncated").boolean(up.truncated || down.truncated);
  if (record.stray_resets > 0) json.member("stray_resets", record.stray_resets);
  json.close_object();
}

/// Writes times. Records come in their order, so nearly all are of the same day as the one before, and most of
/// the same second: its text is kept.
class Clock {
 public:
  /// The view lives until the next call.
  std::string_view text(Timestamp time) {
    const int64_t second = time.nanoseconds / kSecond;
    if (time.nanoseconds < 0 || text_.empty() || second / kDay != second_ / kDay) {
      text_ = to_rfc3339(time);
    } else {
      if (second != second_) put_second(static_cast<uint32_t>(second % kDay));
      put_fraction(static_cast<uint32_t>(time.nanoseconds % kSecond / 1000));
    }
    second_ = time.nanoseconds < 0 ? INT64_MIN : second;  // those of a second before 1970 count backwards
    return text_;
  }

 private:
  static constexpr int64_t kDay = 86400;  // seconds

  // 2026-11-24T16:00:00.123456Z
  void put_second(uint32_t of_day) {
    put(11, of_day / 3600);
    put(14, of_day / 60 % 60);
    put(17, of_day % 60);
  }
  void put_fraction(uint32_t microseconds) {
    put(20, microseconds / 10'000);
    put(22, microseconds / 100 % 100);
    put(24, microseconds % 100);
  }
  /// Two digits.
  void put(size_t at, uint32_t number) {
    text_[at] = static_cast<char>('0' + number / 10);
    text_[at + 1] = static_cast<char>('0' + number % 10);
  }

  std::string text_;
  int64_t second_ = 0;
};

class JsonReporter final : public Reporter {
 public:
  explicit JsonReporter(Output& output) : output_(output) {}

  Result<void> flow(const FlowRecord& record) override {
    write(record, "flow");
    output_.written();
    return output_.good();
  }
  Result<void> provisional(const FlowRecord& record) override {
    write(record, "label");
    return output_.flush();
  }
  Result<void> finish(const Totals&) override { return output_.flush(); }

 private:
  void write(const FlowRecord& record, std::string_view event_type) {
    const std::string_view start = begun_.text(record.start), end = ended_.text(record.end);
    JsonWriter json(output_.buffer());
    json.open_object();
    json.member("schema", "parlance.flow/1");
    json.member("event_type", event_type);
    json.member("timestamp", end);
    json.member("flow_id", record.flow_id);
    if (!record.community_id.empty()) json.member("community_id", record.community_id);
    if (!record.file.empty()) json.key("pcap_filename").text(record.file);
    if (!record.interface.empty()) json.key("in_iface").text(record.interface);
    write_endpoints(json, record);
    write_label(json, record.verdict);
    write_all_evidence(json, record.verdict.evidence);
    write_notes(json, record.notes);
    write_counters(json, record, start, end, event_type == "flow");
    write_reassembly(json, record);
    json.close_object();
    json.newline();
  }

  Output& output_;
  Clock begun_, ended_;
};

}  // namespace

std::unique_ptr<Reporter> make_json_reporter(Output& output) {
  return std::make_unique<JsonReporter>(output);
}

}  // namespace parlance::report
