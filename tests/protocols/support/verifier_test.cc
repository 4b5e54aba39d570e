#include "protocols/support/verifier.h"

#include <gtest/gtest.h>

#include "protocols/support/message_verifier.h"
#include "support/recording_findings.h"

namespace parlance::test {
namespace {

class Speaker : public Verifier {
 public:
  using Verifier::best;
  using Verifier::confirm;
  using Verifier::leave;
  using Verifier::over;
  using Verifier::prove;
  void data(Direction, Bytes, Findings&) override {}
};

TEST(Verifier, says_only_what_is_stronger_than_what_was_said) {
  Speaker speaker;
  RecordingFindings findings;
  speaker.confirm(Strength::strong, "first", {}, "one", findings);
  speaker.confirm(Strength::strong, "again", {}, "two", findings);
  speaker.confirm(Strength::hint, "weaker", {}, "three", findings);
  speaker.confirm(Strength::proof, "proof", {}, "four", findings);
  ASSERT_EQ(findings.confirmed.size(), 2U);
  EXPECT_EQ(findings.confirmed[0].what, "first");
  EXPECT_EQ(findings.confirmed[1].what, "proof");
  EXPECT_EQ(speaker.best(), Strength::proof);
  EXPECT_FALSE(findings.is_over());
}

TEST(Verifier, leaves_once_and_refutes_where_nothing_was_said) {
  Speaker speaker;
  RecordingFindings findings;
  speaker.leave("no magic", findings);
  speaker.leave("another reason", findings);
  EXPECT_TRUE(speaker.over());
  EXPECT_EQ(findings.refuted, "no magic");
  EXPECT_FALSE(findings.finished);
}

TEST(Verifier, finishes_where_something_was_said) {
  Speaker speaker;
  RecordingFindings findings;
  speaker.confirm(Strength::hint, "hint", {}, "a hint", findings);
  speaker.leave("no magic", findings);
  EXPECT_TRUE(findings.finished);
  EXPECT_TRUE(findings.refuted.empty());
}

TEST(Verifier, has_said_all_with_the_proof) {
  Speaker speaker;
  RecordingFindings findings;
  speaker.prove("echo", {}, "an echo", findings);
  EXPECT_EQ(findings.best(), Strength::proof);
  EXPECT_TRUE(findings.finished);
  EXPECT_TRUE(speaker.over());
}

class Places : public MessageVerifier {
 public:
  std::vector<uint64_t> offsets;

 private:
  void read(const Place& message, Findings& findings) override {
    offsets.push_back(message.offset);
    if (as_text(message.octets) == "end") leave("the end", findings);
  }
};

TEST(MessageVerifier, says_where_each_message_stands_until_it_left) {
  Places places;
  RecordingFindings findings;
  places.data(Direction::to_server, as_bytes("four"), findings);
  places.data(Direction::to_client, as_bytes("xy"), findings);
  places.gap(Direction::to_server, 10, findings);
  places.data(Direction::to_server, as_bytes("end"), findings);
  places.data(Direction::to_server, as_bytes("more"), findings);
  EXPECT_EQ(places.offsets, (std::vector<uint64_t>{0, 0, 14}));
}

}  // namespace
}  // namespace parlance::test
