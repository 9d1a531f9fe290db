using System.Text;
using CustomerIoDestination.Events;
using CustomerIoDestination.Ingest;
using CustomerIoDestination.Model;
using CustomerIoDestination.Settings;
using CustomerIoDestination.Text;

namespace CustomerIoDestination.Tests.Ingest;

public sealed class PartitionAssignmentTests
{
    [Fact]
    public void A_partition_is_the_keys_hash_modulo_the_count()
    {
        byte[] key = "device-1"u8.ToArray();
        string hex = Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(key))[..16];
        var number = System.Numerics.BigInteger.Parse("0" + hex, System.Globalization.NumberStyles.HexNumber, System.Globalization.CultureInfo.InvariantCulture);

        PartitionAssignment.NumberOf(key, 64).ShouldBe((int)(number % 64));
        PartitionAssignment.NumberOf(key, 1).ShouldBe(0);
    }

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
    public void What_is_no_partitions_name_does_not_read(string? name) => Partition.TryParse(name, out _).ShouldBeFalse();
}
