using CustomerIoDestination.Model;
using CustomerIoDestination.SqliteQueue.Tables;

namespace CustomerIoDestination.SqliteQueue.Tests.Tables;

public sealed class MessageKeyTests
{
    [Fact]
    public void A_ulid_becomes_its_sixteen_bytes() =>
        MessageKey.PrefixOf("7ZZZZZZZZZZZZZZZZZZZZZZZZZ").ShouldAllBe(part => part == byte.MaxValue);

    [Fact]
    public void Keys_differ_where_message_ids_differ()
    {
        string id = Ulid.Of(Some.Now, 1);
        byte[][] keys =
        [
            MessageKey.Of(id, EventKind.Track, 0),
            MessageKey.Of(id, EventKind.Page, 0),
            MessageKey.Of(id, EventKind.Track, 1),
            MessageKey.Of(id, EventKind.Track, 256),
            MessageKey.Of(id, EventKind.Track, 0, isRepeat: true),
            MessageKey.Of(id, EventKind.Track, 1, isRepeat: true),
            MessageKey.Of(Ulid.Of(Some.Now, 2), EventKind.Track, 0),
            MessageKey.Of("not a ulid", EventKind.Track, 0),
            MessageKey.Of("not a ULID", EventKind.Track, 0),
        ];

        keys.Select(Convert.ToHexString).ShouldBeUnique();
    }
}
