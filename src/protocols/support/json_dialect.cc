#include "protocols/support/json_dialect.h"

#include <algorithm>
#include <cctype>
#include <string>
#include <vector>

namespace parlance {
namespace {

constexpr size_t kMessages = 24;  // upgrades and first answers come late at times
constexpr size_t kIdOctets = 64;  // of an id that waits for its echo; UUIDs have 36

const JsonMember* member_for(const JsonScan& scan, const JsonNeed& need) {
  if (scan.type() == JsonType::object) return scan.find(need.key);
  const auto at = static_cast<size_t>(need.key.front() - '0');
  return at < scan.members().size() ? &scan.members()[at] : nullptr;
}

bool is_met(const JsonScan& scan, const JsonNeed& need) {
  const JsonMember* member = member_for(scan, need);
  if (member == nullptr) return false;
  if (need.type != JsonType::none && member->type != need.type) return false;
  if (!need.value.empty() && member->text != need.value) return false;
  if (!member->text.starts_with(need.begins)) return false;
  return need.holds.empty() || member->text.find(need.holds) != std::string_view::npos;
}

/// What evidence shows of a record: the first member that had to have a certain value, else the key
/// of the first that had to be there. The others hold what people say to each other, and tokens.
Place shown_of(const JsonScan& scan, const JsonShape& shape, const Place& record) {
  const auto at = [&](std::string_view part) {
    const auto before = static_cast<size_t>(part.data() - as_text(record.octets).data());
    return Place{record.direction, record.offset + before, as_bytes(part)};
  };
  for (const JsonNeed& need : shape.needs) {
    if (!need.value.empty()) return at(written(*member_for(scan, need)));
  }
  const bool has_key = scan.type() == JsonType::object && !shape.needs[0].key.empty();
  if (!has_key) return {record.direction, record.offset, first_of(record.octets, 1)};
  const std::string_view key = member_for(scan, shape.needs[0])->key;
  return at({key.data() - 1, key.size() + 2});
}

/// Whether `member` repeats `id`, itself or as a string among its elements.
bool repeats(const JsonMember& member, std::string_view id) {
  if (member.type != JsonType::array) return member.text == id;
  // A short id may also be a part of the ids before it.
  for (size_t at = member.text.find(id); at != std::string_view::npos;
       at = member.text.find(id, at + 1)) {
    const size_t end = at + id.size();
    if (at > 0 && end < member.text.size() && member.text[at - 1] == '"' && member.text[end] == '"')
      return true;
  }
  return false;
}

/// The most that messages of the dialect say of an application: an id of its own may come back.
Strength strongest_name(const JsonDialect& dialect) {
  Strength strongest = Strength::none;
  for (const JsonShape& each : dialect.shapes) {
    if (each.supports.empty()) continue;
    strongest = std::max(strongest, each.echo.empty() ? Strength::strong : Strength::proof);
  }
  return strongest;
}

/// As RFC 9562 writes it, in letters of either case.
bool is_uuid(std::string_view text) {
  constexpr std::string_view kForm = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
  return text.size() == kForm.size() &&
         std::equal(text.begin(), text.end(), kForm.begin(), [](char each, char form) {
           return form == '-' ? each == '-' : std::isxdigit(static_cast<unsigned char>(each)) != 0;
         });
}

class JsonDialectParser : public Parser {
 public:
  explicit JsonDialectParser(const JsonDialect& dialect)
      : dialect_(dialect), strongest_name_(strongest_name(dialect)) {}

  void data(Direction direction, Bytes octets, Findings& findings) override {
    const uint64_t offset = offsets_[index(direction)];
    offsets_[index(direction)] += octets.size();
    if (octets.empty()) return;
    std::string_view rest = as_text(octets);
    do {
      const size_t end =
          dialect_.separator == '\0' ? std::string_view::npos : rest.find(dialect_.separator);
      // A record without its separator is no record.
      if (dialect_.separator != '\0' && end == std::string_view::npos) break;
      const std::string_view record = rest.substr(0, end);
      look(direction, record, {direction, offset + octets.size() - rest.size(), as_bytes(record)},
           findings);
      rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
    } while (!rest.empty() && !said_all());
    if (said_all()) return findings.finish();
    if (++messages_ < kMessages) return;
    if (best_ == Strength::none) {
      findings.refute("no message of its kind");
    } else {
      findings.finish();
    }
  }

 private:
  /// An id that waits for its echo, and the message that had it.
  struct Id {
    std::string text;
    const JsonShape* shape;
  };

  void look(Direction direction, std::string_view record, const Place& place, Findings& findings) {
    const auto scan = JsonScan::read(record);
    if (!scan) return;
    for (const JsonShape& shape : dialect_.shapes) {
      if (shape.from.value_or(direction) != direction || !has_shape(*scan, shape)) continue;
      return met(direction, *scan, shape, shown_of(*scan, shape, place), findings);
    }
  }

  void met(Direction direction, const JsonScan& scan, const JsonShape& shape, const Place& shown,
           Findings& findings) {
    own_ = own_ || shape.strength >= Strength::strong;
    const JsonShape* asked = nullptr;
    if (shape.echo.empty()) {
      met_[index(direction)] = true;
    } else if (const JsonMember* id = scan.find(shape.echo)) {
      asked = asked_with(direction, *id, shape);
      echoed_ = echoed_ || asked != nullptr;
      if (asked == nullptr) remember(direction, *id, shape);
    }
    confirm(shape.strength, shape.what, shown, shape.text, findings);
    if (!shape.uuid.empty() && has_another_uuid(scan, shape)) {
      confirm(Strength::proof, "different-ids", shown,
              "two whole messages of its own, each with a UUID of its own", findings);
    }
    name(shape, Strength::strong, shape.what, shown, shape.text, findings);
    conclude(shown, findings);
    if (asked != nullptr) {
      name(*asked, Strength::proof, "echo", shown,
           "an answer repeats the id of a message of its own", findings);
    }
  }

  /// What the messages so far amount to together.
  void conclude(const Place& shown, Findings& findings) {
    const bool both = met_[0] && met_[1];
    if (!both && !echoed_) return;
    if (own_ || !dialect_.common_words) {
      confirm(Strength::proof, both ? "both-sides" : "echo", shown, dialect_.both, findings);
    } else if (echoed_) {
      confirm(Strength::hint, "echo", shown, "an answer repeats the id of its request", findings);
    }
  }

  void confirm(Strength strength, std::string_view what, const Place& shown, std::string_view text,
               Findings& findings) {
    if (strength <= best_) return;
    best_ = strength;
    findings.confirm(strength, what, shown, std::string(text));
  }

  /// Whether the message's UUID differs from that of the first of its kind.
  bool has_another_uuid(const JsonScan& scan, const JsonShape& shape) {
    const JsonMember* id = scan.find(shape.uuid, JsonType::string);
    if (id == nullptr || !is_uuid(id->text)) return false;
    if (first_uuid_.empty()) first_uuid_ = id->text;
    return first_uuid_ != id->text;
  }

  /// Says that the application is the one that sends `shape`, if only one does.
  void name(const JsonShape& shape, Strength strength, std::string_view what, const Place& shown,
            std::string_view text, Findings& findings) {
    if (shape.supports.empty() || strength <= named_) return;
    named_ = strength;
    findings.support(shape.supports, strength, what, shown, std::string(text));
  }

  /// The other side's message whose id this one repeats, or nullptr.
  const JsonShape* asked_with(Direction direction, const JsonMember& id,
                              const JsonShape& answer) const {
    const std::vector<Id>& asked = ids_[index(opposite(direction))];
    const auto found = std::find_if(asked.begin(), asked.end(), [&](const Id& each) {
      return each.shape->id_of == answer.id_of && repeats(id, each.text);
    });
    return found == asked.end() ? nullptr : found->shape;
  }

  /// Never more than kMessages of them, but for dialects with a separator.
  void remember(Direction direction, const JsonMember& id, const JsonShape& shape) {
    std::vector<Id>& mine = ids_[index(direction)];
    if (!id.text.empty() && id.text.size() <= kIdOctets && mine.size() < kMessages) {
      mine.push_back({std::string(id.text), &shape});
    }
  }

  /// Which application it is may show only behind the first messages.
  bool said_all() const { return best_ == Strength::proof && named_ >= strongest_name_; }

  JsonDialect dialect_;
  uint64_t offsets_[2] = {0, 0};
  Strength strongest_name_;
  bool met_[2] = {false, false};
  std::vector<Id> ids_[2];
  std::string first_uuid_;
  bool echoed_ = false;
  bool own_ = false;                 // a shape that is strong by itself was met
  Strength named_ = Strength::none;  // how well messages of one application's own told it
  Strength best_ = Strength::none;
  size_t messages_ = 0;
};

}  // namespace

bool has_shape(const JsonScan& scan, const JsonShape& shape) {
  if (scan.type() != shape.top) return false;
  if (shape.size != 0 && scan.size() != shape.size) return false;
  return std::all_of(std::begin(shape.needs), std::end(shape.needs),
                     [&](const JsonNeed& need) { return need.key.empty() || is_met(scan, need); });
}

std::unique_ptr<Parser> make_json_dialect_parser(const JsonDialect& dialect) {
  return std::make_unique<JsonDialectParser>(dialect);
}

}  // namespace parlance
