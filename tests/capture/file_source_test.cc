#include "capture/file_source.h"

#include <array>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <thread>

#include <gtest/gtest.h>
#include <lz4frame.h>
#include <sys/stat.h>
#include <zlib.h>
#include <zstd.h>

#include "capture/capture_bytes.h"

namespace parlance::capture {
namespace {

struct Seen {
  std::string octets;
  uint32_t original_length;
  int link_type;
  int64_t nanoseconds;
  uint64_t frame;
};

struct Reading {
  std::vector<Seen> packets;
  Next last = Next::end;
  Error error;
  std::vector<Secret> secrets;
  bool opened = true;
};

const Limits kLimits;

Reading read_path(const std::string& path, size_t batch_size = 3) {
  Reading reading;
  const auto source = FileSource::open(path, 0, kLimits, false);
  if (!source) {
    reading.opened = false;
    reading.error = source.error();
    return reading;
  }
  std::vector<RawPacket> batch(batch_size);
  for (;;) {
    size_t count = 0;
    const size_t secrets = (*source)->secrets().size();
    reading.last = (*source)->next(batch, count);
    if (reading.last == Next::idle) continue;
    if (reading.last != Next::packets) break;
    EXPECT_TRUE(count > 0 || (*source)->secrets().size() > secrets);
    for (const RawPacket& packet : std::span(batch).first(count)) {
      reading.packets.push_back({std::string(as_text(packet.octets)), packet.original_length,
                                 packet.link_type, packet.time.nanoseconds, packet.frame});
    }
  }
  reading.error = (*source)->error();
  reading.secrets = (*source)->secrets();
  return reading;
}

Reading read(const std::string& content) {
  const TemporaryFile file(content);
  return read_path(file.path());
}

std::string gzip(const std::string& content) {
  z_stream state{};
  deflateInit2(&state, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
  std::string out(content.size() + 1000, '\0');
  state.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(content.data()));
  state.avail_in = static_cast<uInt>(content.size());
  state.next_out = reinterpret_cast<Bytef*>(out.data());
  state.avail_out = static_cast<uInt>(out.size());
  deflate(&state, Z_FINISH);
  out.resize(state.total_out);
  deflateEnd(&state);
  return out;
}

std::string zstd(const std::string& content) {
  std::string out(ZSTD_compressBound(content.size()), '\0');
  out.resize(ZSTD_compress(out.data(), out.size(), content.data(), content.size(), 3));
  return out;
}

std::string lz4(const std::string& content) {
  std::string out(LZ4F_compressFrameBound(content.size(), nullptr), '\0');
  out.resize(LZ4F_compressFrame(out.data(), out.size(), content.data(), content.size(), nullptr));
  return out;
}

TEST(FileSource, reads_every_kind_of_pcap) {
  for (const Order order : {Order::little, Order::big}) {
    for (const uint32_t magic : {0xa1b2c3d4u, 0xa1b23c4du, 0xa1b2cd34u}) {
      const bool modified = magic == 0xa1b2cd34u;
      std::string record = pcap_record("hello", order, 7, 9);
      if (modified) record.insert(16, 8, '\0');  // interface index, protocol, packet type
      // The upper half of the link type's field tells the length of a frame check sequence.
      const Reading reading = read(pcap_header(order, magic, 0x2400'0071) + record + record);
      ASSERT_EQ(reading.packets.size(), 2u);
      EXPECT_EQ(reading.last, Next::end);
      EXPECT_EQ(reading.packets[1].octets, "hello");
      EXPECT_EQ(reading.packets[1].original_length, 15u);
      EXPECT_EQ(reading.packets[1].link_type, 113);
      EXPECT_EQ(reading.packets[1].frame, 2u);
      const int64_t fraction = magic == 0xa1b23c4du ? 9 : 9000;
      EXPECT_EQ(reading.packets[1].nanoseconds, 7 * kSecond + fraction);
    }
  }
}

TEST(FileSource, knows_longer_record_headers_under_the_plain_magic) {
  std::string first = pcap_record(std::string(70, 'a')), second = pcap_record("hello");
  for (std::string* each : {&first, &second}) each->insert(16, 8, '\0');
  const Reading reading = read(pcap_header() + first + second);
  ASSERT_EQ(reading.packets.size(), 2u) << reading.error.text();
  EXPECT_EQ(reading.packets[0].octets, std::string(70, 'a'));
  EXPECT_EQ(reading.packets[1].octets, "hello");
  EXPECT_EQ(reading.last, Next::end);
}

TEST(FileSource, takes_a_damaged_second_record_for_what_it_is) {
  const std::string broken = Octets().u32(1).u32(2).u32(0xffffffff).u32(3).zeros(40).all();
  const Reading reading = read(pcap_header() + pcap_record("hello") + broken);
  ASSERT_EQ(reading.packets.size(), 1u);
  EXPECT_EQ(reading.packets[0].octets, "hello");
  EXPECT_EQ(reading.last, Next::damaged);
}

TEST(FileSource, swaps_the_lengths_of_old_pcap_versions) {
  const std::string record = Octets().u32(1).u32(2).u32(60).u32(3).text("abc").all();
  for (const uint32_t minor : {2u, 3u}) {
    const Reading reading = read(pcap_header(Order::little, 0xa1b2c3d4, 1, minor) + record);
    ASSERT_EQ(reading.packets.size(), 1u);
    EXPECT_EQ(reading.packets[0].octets, "abc");
    EXPECT_EQ(reading.packets[0].original_length, 60u);
  }
}

TEST(FileSource, reads_sections_of_either_byte_order_with_several_interfaces) {
  std::string content;
  for (const Order order : {Order::big, Order::little}) {
    content += pcapng_section(order);
    content += pcapng_interface(1, order);
    content += pcapng_interface(101, order, pcapng_option(9, "\x09", order));  // nanoseconds
    content += pcapng_interface(
        113, order,
        pcapng_option(9, "\x8a", order) +  // 1/1024 s
            pcapng_option(14,
                          order == Order::big ? std::string("\0\0\0\0\0\0\0\x05", 8)
                                              : std::string("\x05\0\0\0\0\0\0\0", 8),
                          order));
    content += pcapng_block(0xbad, "unknown", order);
    content += pcapng_packet(0, 5'000'001, "one", order);
    content += pcapng_packet(1, 5'000'000'002, "two", order);
    content += pcapng_packet(2, 512, "three", order);
    content += pcapng_block(3, Octets(order).u32(4).text("four").all(), order);
    content += pcapng_block(2,
                            Octets(order)
                                .u16(1)  // interface
                                .u16(0)  // drops
                                .u32(0)  // time
                                .u32(8)
                                .u32(4)  // captured
                                .u32(4)
                                .text("five")
                                .all(),
                            order);
  }
  const Reading reading = read(content);
  EXPECT_EQ(reading.last, Next::end) << reading.error.text();
  ASSERT_EQ(reading.packets.size(), 10u);
  for (const size_t base : {size_t{0}, size_t{5}}) {
    const Seen* seen = &reading.packets[base];
    EXPECT_EQ(seen[0].octets, "one");
    EXPECT_EQ(seen[0].nanoseconds, 5'000'001'000);
    EXPECT_EQ(seen[1].link_type, 101);
    EXPECT_EQ(seen[1].nanoseconds, 5'000'000'002);
    EXPECT_EQ(seen[2].link_type, 113);
    EXPECT_EQ(seen[2].nanoseconds, 5 * kSecond + kSecond / 2);
    EXPECT_EQ(seen[3].octets, "four");
    EXPECT_EQ(seen[3].link_type, 1);
    EXPECT_EQ(seen[4].octets, "five");
    EXPECT_EQ(seen[4].nanoseconds, 8);
    EXPECT_EQ(seen[4].frame, base + 5);
  }
}

TEST(FileSource, cuts_simple_packets_at_the_snaplen) {
  const Reading reading = read(pcapng_section() + pcapng_interface(1, Order::little, {}, 6) +
                               pcapng_block(3, Octets().u32(100).text("123456").all()));
  ASSERT_EQ(reading.packets.size(), 1u);
  EXPECT_EQ(reading.packets[0].octets, "123456");
  EXPECT_EQ(reading.packets[0].original_length, 100u);
}

TEST(FileSource, keeps_secrets_of_blocks_and_of_the_sections_comment) {
  const std::string line = "CLIENT_RANDOM 00 11";
  const Reading reading =
      read(pcapng_section(Order::little, pcapng_option(1, line)) +
           pcapng_block(10, Octets().u32(kTlsKeyLog).u32(line.size()).text(line).all()));
  ASSERT_EQ(reading.secrets.size(), 2u);
  for (const Secret& secret : reading.secrets) {
    EXPECT_EQ(secret.type, kTlsKeyLog);
    EXPECT_EQ(secret.data, line);
  }
}

TEST(FileSource, ends_a_batch_where_a_capture_carries_a_secret) {
  const std::string block = pcapng_block(10, Octets().u32(kTlsKeyLog).u32(4).text("four").all());
  const TemporaryFile file(pcapng_section(Order::little) + pcapng_interface(1) + pcapng_packet(0, 0, "one") +
                           block + pcapng_packet(0, 0, "two"));
  const auto source = FileSource::open(file.path(), 0, kLimits, false);
  ASSERT_TRUE(source);
  RawPacket batch[8];
  size_t count = 0;
  EXPECT_EQ((*source)->next(batch, count), Next::packets);
  EXPECT_EQ(count, 1u);
  EXPECT_EQ((*source)->secrets().size(), 1u);
  EXPECT_EQ((*source)->next(batch, count), Next::packets);
  EXPECT_EQ(count, 1u);
}

TEST(FileSource, passes_over_packets_where_only_secrets_are_wanted) {
  const TemporaryFile file(pcapng_section(Order::little) + pcapng_interface(1) + pcapng_packet(0, 0, "one") +
                           pcapng_block(10, Octets().u32(kTlsKeyLog).u32(4).text("four").all()));
  const auto source = FileSource::open(file.path(), 0, kLimits, false);
  ASSERT_TRUE(source);
  (*source)->pass_over_packets();
  RawPacket batch[8];
  size_t count = 0;
  EXPECT_EQ((*source)->next(batch, count), Next::packets);
  EXPECT_EQ(count, 0u);
  EXPECT_EQ((*source)->secrets().size(), 1u);
  EXPECT_EQ((*source)->next(batch, count), Next::end);
}

TEST(FileSource, decompresses_also_several_members) {
  // More than fits into the reader's buffer, so that decompressors have to hold octets back.
  std::string first = pcap_header(), second;
  std::string octets(700, 'x');
  for (int i = 0; i < 4000; ++i) {
    octets[static_cast<size_t>(i) % 700] = static_cast<char>(i * 7919 >> 3);
    (i < 2000 ? first : second) += pcap_record(octets);
  }
  for (const auto compress : {gzip, zstd, lz4}) {
    const Reading reading = read(compress(first) + compress(second));
    EXPECT_EQ(reading.last, Next::end) << reading.error.text();
    EXPECT_EQ(reading.packets.size(), 4000u);
    EXPECT_EQ(reading.packets.back().octets, octets);
  }
}

TEST(FileSource, reads_what_a_cut_compressed_file_holds) {
  std::string content = pcap_header();
  // zstd gives nothing of a block of up to 128 KiB until it has all of it.
  for (int i = 0; i < 30000; ++i) content += pcap_record(std::to_string(i * 7919) + "octets");
  for (const auto compress : {gzip, zstd, lz4}) {
    const std::string whole = compress(content);
    const Reading reading = read(whole.substr(0, whole.size() - 5));
    EXPECT_EQ(reading.last, Next::damaged);
    EXPECT_GT(reading.packets.size(), 1000u);
    EXPECT_NE(reading.error.what.find("cut short"), std::string::npos) << reading.error.text();
  }
}

TEST(FileSource, names_packet_and_byte_of_damage_after_giving_what_was_before) {
  const std::string good = pcap_header() + pcap_record("one") + pcap_record("two");
  const Reading claims = read(good + Octets().u32(1).u32(2).u32(4325376).u32(60).all());
  EXPECT_EQ(claims.packets.size(), 2u);
  EXPECT_EQ(claims.last, Next::damaged);
  EXPECT_NE(claims.error.where.find(": packet 3 at byte 62"), std::string::npos)
      << claims.error.text();
  EXPECT_NE(claims.error.what.find("4325376"), std::string::npos);

  const Reading cut = read(good + pcap_record("three").substr(0, 18));
  EXPECT_EQ(cut.packets.size(), 2u);
  EXPECT_EQ(cut.last, Next::damaged);
  EXPECT_NE(cut.error.what.find("cut short"), std::string::npos);
}

TEST(FileSource, every_truncation_ends_cleanly) {
  const std::string pcap = pcap_header() + pcap_record("one") + pcap_record("two");
  const std::string pcapng = pcapng_section() +
                             pcapng_interface(1, Order::little, pcapng_option(9, "\x09")) +
                             pcapng_packet(0, 1, "one") + pcapng_packet(0, 2, "two");
  for (const std::string& whole : {pcap, pcapng}) {
    size_t most = 0;
    for (size_t length = 0; length <= whole.size(); ++length) {
      const Reading reading = read(whole.substr(0, length));
      EXPECT_GE(reading.packets.size(), most);
      most = reading.packets.size();
      const bool complained = !reading.opened || reading.last == Next::damaged;
      EXPECT_NE(complained, reading.error.text().empty());
    }
    EXPECT_EQ(most, 2u);
  }
}

TEST(FileSource, tells_no_capture_from_a_damaged_one) {
  EXPECT_FALSE(read("").opened);
  EXPECT_FALSE(read("this is a text of more than 24 octets").opened);
  // A section header with neither byte order's magic.
  EXPECT_FALSE(read(Octets().u32(0x0a0d0d0a).u32(28).u32(0x01020304).zeros(16).all()).opened);
  EXPECT_FALSE(read_path("/nonexistent/file.pcap").opened);
  EXPECT_FALSE(read_path(std::filesystem::temp_directory_path()).opened);
  const Reading reading = read(pcapng_section() + Octets().u32(6).u32(7).zeros(8).all());
  EXPECT_TRUE(reading.opened);
  EXPECT_EQ(reading.last, Next::damaged);
}

TEST(FileSource, refuses_packets_of_undescribed_interfaces_and_wrong_trailers) {
  EXPECT_EQ(read(pcapng_section() + pcapng_packet(0, 1, "one")).last, Next::damaged);
  std::string block = pcapng_interface(1);
  block[block.size() - 4] = 1;
  EXPECT_EQ(read(pcapng_section() + block).last, Next::damaged);
}

TEST(FileSource, packets_of_a_batch_are_valid_together) {
  std::string content = pcap_header();
  for (int i = 0; i < 40000; ++i) content += pcap_record("packet " + std::to_string(i));
  const TemporaryFile file(content);
  const Reading reading = read_path(file.path(), 64);
  ASSERT_EQ(reading.packets.size(), 40000u);
  for (size_t i = 0; i < 40000; ++i) {
    ASSERT_EQ(reading.packets[i].octets, "packet " + std::to_string(i));
  }
}

TEST(FileSource, follows_a_growing_file) {
  TemporaryFile file(pcap_header());
  const auto source = FileSource::open(file.path(), 0, kLimits, true);
  ASSERT_TRUE(source);
  std::array<RawPacket, 4> batch;
  size_t count = 0;
  EXPECT_EQ((*source)->next(batch, count), Next::idle);
  const std::string record = pcap_record("late");
  file.append(record.substr(0, 10));
  EXPECT_EQ((*source)->next(batch, count), Next::idle);
  file.append(record.substr(10));
  EXPECT_EQ((*source)->next(batch, count), Next::packets);
  EXPECT_EQ(as_text(batch[0].octets), "late");
  EXPECT_EQ((*source)->next(batch, count), Next::idle);
}

TEST(FileSource, gives_what_a_pipe_has_without_waiting_for_more) {
  const TemporaryFile place("");
  const std::string path = place.path() + ".pipe";
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  std::atomic<bool> may_close = false;
  std::thread writer([&] {
    std::ofstream pipe(path, std::ios::binary);
    pipe << pcap_header() << pcap_record("first") << std::flush;
    while (!may_close) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  });
  const auto source = FileSource::open(path, 0, kLimits, true);
  ASSERT_TRUE(source);
  std::array<RawPacket, 4> batch;
  size_t count = 0;
  Next next = (*source)->next(batch, count);
  while (next == Next::idle) next = (*source)->next(batch, count);
  EXPECT_EQ(next, Next::packets);
  EXPECT_EQ(as_text(batch[0].octets), "first");
  EXPECT_EQ((*source)->next(batch, count), Next::idle);
  may_close = true;
  writer.join();
  next = (*source)->next(batch, count);
  while (next == Next::idle) next = (*source)->next(batch, count);
  EXPECT_EQ(next, Next::end) << "a pipe ends even when followed";
  std::filesystem::remove(path);
}

TEST(ExpandInputs, takes_the_captures_of_a_folder_in_the_order_of_their_names) {
  const TemporaryFile place("");
  const std::filesystem::path folder = place.path() + ".folder";
  std::filesystem::create_directory(folder);
  for (const char* name : {"b.pcap", "a.pcap"}) {
    std::ofstream(folder / name, std::ios::binary) << pcap_header();
  }
  std::ofstream(folder / "notes.txt") << "this is no capture, and that is no error here";
  const auto inputs = expand_inputs({"-", folder.string(), "named.txt"});
  ASSERT_TRUE(inputs);
  EXPECT_EQ(*inputs,
            (std::vector<std::string>{"-", folder / "a.pcap", folder / "b.pcap", "named.txt"}));
  std::filesystem::remove_all(folder);
}

// The damaged captures of a folder that is not part of the project.
TEST(FileSource, corpus_of_damaged_files_is_read_up_to_the_damage) {
  const char* corpus = std::getenv("PARLANCE_CORPUS");
  if (corpus == nullptr) GTEST_SKIP() << "PARLANCE_CORPUS names no folder";
  std::ifstream list(std::string(corpus) + "/badinput.tsv");
  std::string line;
  std::getline(list, line);
  size_t read_files = 0;
  while (std::getline(list, line)) {
    const std::string path = std::string(corpus) + "/pcaps/" + line.substr(0, line.find('\t'));
    if (!std::filesystem::exists(path)) continue;
    ++read_files;
    const Reading reading = read_path(path, 64);
    const bool container = line.find("\tcontainer\t") != std::string::npos;
    EXPECT_TRUE(!container || !reading.opened || reading.last == Next::damaged) << path;
    if (!reading.opened || reading.last == Next::damaged) {
      EXPECT_NE(reading.error.text().find(path), std::string::npos);
    }
    if (reading.last == Next::damaged) {
      EXPECT_NE(reading.error.where.find("at byte"), std::string::npos);
    }
  }
  EXPECT_GT(read_files, 0u);
}

}  // namespace
}  // namespace parlance::capture
