using System.Text;
using CustomerIoDestination.Events;
using CustomerIoDestination.Ingest;
using CustomerIoDestination.Model;
using CustomerIoDestination.Settings;
using CustomerIoDestination.Text;

namespace CustomerIoDestination.Tests.Ingest;

public sealed class PartitionAssignmentTests
{
    // The first 8 bytes of SHA-256, big-endian, modulo the count; worked out by another programme.
    [Theory]
    [InlineData("device-1", 64, 12)]
    [InlineData("user-1", 64, 50)]
    [InlineData("user-1", 32, 18)]
    [InlineData("a@b.co", 7, 3)]
    [InlineData("user-1", 1, 0)]
    public void A_partition_is_the_keys_hash_modulo_the_count(string key, int count, int number) =>
        PartitionAssignment.NumberOf(Encoding.UTF8.GetBytes(key), count).ShouldBe(number);

    [Theory]
    [InlineData("""{"type":"track","event":"x","anonymousId":"d","userId":"u"}""", "d")]
    [InlineData("""{"type":"identify","anonymousId":"d","userId":"u"}""", "d")]
    [InlineData("""{"type":"track","event":"x","userId":"u"}""", "u")]
    [InlineData("""{"type":"identify","traits":{"email":"a@b.co"}}""", "a@b.co")]
    [InlineData("""{"type":"identify","traits":{"email":" A@B.co"}}""", "a@b.co")]
    [InlineData("""{"type":"track","event":"x","userId":"A@B.co"}""", "a@b.co")]
    [InlineData("""{"type":"track","event":"x","userId":"User-1"}""", "User-1")]
    [InlineData("""{"type":"identify","traits":{"email":"Ju\u0308rgen@b.co"}}""", "j\u00fcrgen@b.co")]
    [InlineData("""{"event":"x","properties":{"distinct_id":"d","$device_id":"d"}}""", "d")]
    [InlineData("""{"type":"track","event":"x"}""", "the-event-id")]
    public void The_device_comes_before_the_user_the_email_and_the_event(string item, string key)
    {
        var table = new JsonTable();
        EventItem.Readable readable = EventItem.Read(Encoding.UTF8.GetBytes(item), table).ShouldBeOfType<EventItem.Readable>();

        Partition partition = PartitionAssignment.Assign(readable.Event, "the-event-id", Lane.Import, new DestinationSettings());

        partition.ShouldBe(new Partition(Lane.Import, PartitionAssignment.NumberOf(Encoding.UTF8.GetBytes(key), 64)));
    }

    [Theory]
    [InlineData(Lane.Live, 7, "l-07")]
    [InlineData(Lane.Import, 63, "i-63")]
    public void A_partitions_name_reads_back(Lane lane, int number, string name)
    {
        new Partition(lane, number).ToString().ShouldBe(name);
        Partition.TryParse(name, out Partition partition).ShouldBeTrue();
        partition.ShouldBe(new Partition(lane, number));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("x-01")]
    [InlineData("l-1")]
    [InlineData("l-0x")]
    [InlineData("l_01")]
    public void A_text_that_is_no_name_of_a_partition_does_not_read(string? name) => Partition.TryParse(name, out _).ShouldBeFalse();
}
