using CustomerIoDestination.Model;
using CustomerIoDestination.QueueContract;
using CustomerIoDestination.SqliteQueue.Tables;
using CustomerIoDestination.SqliteQueue.Tests.Support;

namespace CustomerIoDestination.SqliteQueue.Tests.Tables;

public sealed class MessageKeyTests
{
    [Fact]
    public void A_ulid_becomes_its_sixteen_bytes() =>
        MessageKey.PrefixOf("7ZZZZZZZZZZZZZZZZZZZZZZZZZ").ShouldAllBe(part => part == byte.MaxValue);

    [Fact]
    public void Keys_differ_where_message_ids_differ()
    {
        string id = Ulid.Of(Some.Time, 1);
        byte[][] keys =
        [
            MessageKey.Of(id, EventKind.Track, 0),
            MessageKey.Of(id, EventKind.Page, 0),
            MessageKey.Of(id, EventKind.Track, 1),
            MessageKey.Of(id, EventKind.Track, 256),
            MessageKey.Of(id, EventKind.Track, 0, isRepeat: true),
            MessageKey.Of(id, EventKind.Track, 1, isRepeat: true),
            MessageKey.Of(Ulid.Of(Some.Time, 2), EventKind.Track, 0),
            MessageKey.Of("not a ulid", EventKind.Track, 0),
            MessageKey.Of("not a ULID", EventKind.Track, 0),
        ];

        keys.Select(Convert.ToHexString).ShouldBeUnique();
    }

    [Fact]
    public void The_time_of_a_ulid_is_the_sender_s() => MessageKey.TimeOf(Ulid.Of(Some.Time, 5)).ShouldBe(Some.Time);

    [Theory]
    [InlineData("00000000000000000000000001")]
    [InlineData("7ZZZZZZZZZZZZZZZZZZZZZZZZZ")]
    [InlineData("8ZZZZZZZZZZZZZZZZZZZZZZZZZ")]
    [InlineData("not a ulid")]
    [InlineData("")]
    [InlineData("01ARZ3NDEKTSV4RRFFQ69G5FAU")]
    public void An_id_without_a_time_has_none(string eventId) => MessageKey.TimeOf(eventId).ShouldBeNull();
}
