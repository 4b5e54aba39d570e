#include "protocols/support/quic_retry.h"

#include <gtest/gtest.h>

#include "support/recording_findings.h"

namespace parlance::test {
namespace {

const std::string kFirstId = hex("8394c8f03e515708");

QuicRetryTag tag_of(const std::string& datagram, const std::string& first_id = kFirstId) {
  ByteReader reader(as_bytes(datagram));
  const auto packet = read_quic_packet(reader);
  if (!packet || packet->type != QuicType::retry) {
    ADD_FAILURE() << "no Retry";
    return QuicRetryTag::unknown;
  }
  EXPECT_EQ(as_text(packet->token), "token");
  return check_quic_retry(*packet, as_bytes(first_id));
}

// RFC 9001 appendix A.4, RFC 9369 appendix A.4, and the same appendix of drafts 29 and 25.
const std::string kOfVersion1 =
    hex("ff000000010008f067a5502a4262b5746f6b656e04a265ba2eff4d829058fb3f0f2496ba");
const std::string kOfVersion2 =
    hex("cf6b3343cf0008f067a5502a4262b5746f6b656ec8646ce8bfe33952d955543665dcc7b6");
const std::string kOfDraft29 =
    hex("ffff00001d0008f067a5502a4262b5746f6b656ed16926d81f6f9ca2953a8aa4575e1e49");
const std::string kOfDraft25 =
    hex("ffff0000190008f067a5502a4262b5746f6b656e1e5ec5b014cbb1f0fd93df4048c446a6");

TEST(QuicRetry, tags_of_the_rfcs_fit) {
  EXPECT_EQ(tag_of(kOfVersion1), QuicRetryTag::fits);
  EXPECT_EQ(tag_of(kOfVersion2), QuicRetryTag::fits);
  EXPECT_EQ(tag_of(kOfDraft29), QuicRetryTag::fits);
  EXPECT_EQ(tag_of(kOfDraft25), QuicRetryTag::fits);
}

TEST(QuicRetry, a_tag_for_another_identifier_or_of_a_changed_packet_does_not) {
  EXPECT_EQ(tag_of(kOfVersion1, hex("8394c8f03e515709")), QuicRetryTag::differs);
  EXPECT_EQ(tag_of(kOfVersion1, ""), QuicRetryTag::differs);
  for (size_t i = 7; i < kOfVersion1.size(); ++i) {
    if (i >= 15 && i < 20) continue;  // the token, which tag_of() looks at
    std::string changed = kOfVersion1;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_EQ(tag_of(changed), QuicRetryTag::differs) << i;
  }
}

TEST(QuicRetry, versions_without_a_known_key_say_nothing) {
  std::string old = kOfVersion1;
  old.replace(1, 4, hex("ff000017"));
  EXPECT_EQ(tag_of(old), QuicRetryTag::unknown);
}

}  // namespace
}  // namespace parlance::test
