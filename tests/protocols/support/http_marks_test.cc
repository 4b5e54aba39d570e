#include "protocols/support/http_marks.h"

#include <gtest/gtest.h>

#include "support/recording_findings.h"

namespace parlance::test {
namespace {

using Supported = decltype(RecordingFindings::supported);

Supported shown_of(const std::string& target, std::vector<HttpField> fields) {
  HttpHead head;
  head.kind = HttpHead::Kind::request;
  head.method = "GET";
  head.target = target;
  head.fields = std::move(fields);
  RecordingFindings findings;
  show_application_marks(Direction::to_server, head, findings);
  return findings.supported;
}

const std::string kTarget = "/_matrix/federation/v1/event/abc";
const std::string kSigned =
    R"(X-Matrix origin="a.example",destination="b.example",key="ed25519:a_1",sig=")";

TEST(HttpMarks, a_request_signed_by_a_server_is_matrix) {
  const auto found =
      shown_of(kTarget, {{"authorization", kSigned + std::string(86, 'A') + '"', 7}});
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].first, "matrix");
  EXPECT_EQ(found[0].second.strength, Strength::strong);
  EXPECT_EQ(found[0].second.octets, "X-Matrix");
  EXPECT_EQ(found[0].second.offset, 7U);
  const std::string unquoted =
      "X-Matrix origin=a.example,key=ed25519:1,sig=" + std::string(86, 'b');
  EXPECT_EQ(shown_of(kTarget, {{"authorization", unquoted, 0}}).size(), 1U);
}

TEST(HttpMarks, half_of_a_signed_request_is_nothing) {
  const std::string whole = kSigned + std::string(86, 'A') + '"';
  for (const auto& [target, value] : {std::pair<std::string, std::string>{"/api", whole},
                                      {kTarget, kSigned + std::string(60, 'A') + '"'},
                                      {kTarget, kSigned + std::string(86, '-') + '"'},
                                      {kTarget, "Bearer " + whole},
                                      {kTarget, "X-Matrix sig=" + std::string(86, 'A')},
                                      {kTarget, "X-Matrix ,,=,"},
                                      {kTarget, ""}}) {
    EXPECT_TRUE(shown_of(target, {{"authorization", value, 0}}).empty()) << value;
  }
  EXPECT_TRUE(shown_of(kTarget, {}).empty());
}

const std::string kKey = "0008" + std::string(342, 'x') + "==";

TEST(HttpMarks, a_sealed_key_and_how_to_encipher_are_line) {
  const auto found = shown_of("/S4", {{"x-lcs", kKey, 0}, {"x-le", "7", 0}});
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].first, "line");
  EXPECT_EQ(found[0].second.octets, "0008");
  EXPECT_TRUE(shown_of("/S4", {{"x-lcs", kKey, 0}}).empty());
  EXPECT_TRUE(shown_of("/S4", {{"x-le", "7", 0}}).empty());
  EXPECT_TRUE(shown_of("/S4", {{"x-lcs", kKey + "x", 0}, {"x-le", "7", 0}}).empty());
  EXPECT_TRUE(shown_of("/S4", {{"x-lcs", kKey, 0}, {"x-le", "a", 0}}).empty());
}

TEST(HttpMarks, a_client_and_its_version_are_line) {
  const auto found =
      shown_of("/S4", {{"x-line-application", "ANDROID\t13.3.0\tAndroid OS\t10", 0}});
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].second.what, "application-field");
  for (const char* other : {"ANDROID 13.3.0", "android\t13", "ANDROID\t", "A\t1", "\t1", ""}) {
    EXPECT_TRUE(shown_of("/S4", {{"x-line-application", other, 0}}).empty()) << other;
  }
}

Supported shown_of_answer(const std::string& version, const std::string& id) {
  HttpHead head;
  head.kind = HttpHead::Kind::response;
  head.status = 200;
  head.fields = {{"x-version-id", version, 0}, {"x-request-id", id, 0}};
  RecordingFindings findings;
  show_application_marks(Direction::to_client, head, findings);
  return findings.supported;
}

TEST(HttpMarks, a_version_with_the_hash_of_a_configuration_is_mattermost) {
  const std::string version = "3.8.0.3.8.2.0933127a78dcc2ef120cbb6d9fe59ec3.true";
  const std::string id = "cx7mbqzs5jgk9byfoukx3ewyxh";
  const auto found = shown_of_answer(version, id);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].first, "mattermost");
  EXPECT_EQ(found[0].second.strength, Strength::strong);
  EXPECT_EQ(shown_of_answer("9.5.0.dev.0933127a78dcc2ef120cbb6d9fe59ec3.false", id).size(), 1U);
  EXPECT_TRUE(shown_of_answer(version, "6c3f0a52-7d2e-4a8e-9a3c-2f1f6f0e4b11").empty());
  for (const char* other :
       {"3.8.0.3.8.2.0933127a78dcc2ef120cbb6d9fe59ec3.maybe",
        "3.8.0933127a78dcc2ef120cbb6d9fe59ec3.true", "3.8.0.3.8.2.0933127a.true",
        "3.8.0.0933127a78dcc2ef120cbb6d9fe59ec3.true", "1.2.3", "...", "true", ""}) {
    EXPECT_TRUE(shown_of_answer(other, id).empty()) << other;
  }
  EXPECT_TRUE(shown_of("/", {{"x-version-id", version, 0}, {"x-request-id", id, 0}}).empty())
      << "said by a client";
}

}  // namespace
}  // namespace parlance::test
