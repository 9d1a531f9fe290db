using System.Text.Json.Nodes;
using CustomerIoDestination.TestRig.Traffic;

namespace CustomerIoDestination.Chaos.Tests;

public sealed class OrderCheckTests
{
    // Three anonymous events, an identify, four events, an identify, a purchase that is sent twice.
    private const int Device = 0;

    private readonly OrderCheck _check = new(Traffic);

    [Fact]
    public void What_comes_in_its_order_is_good_and_repeats_are_counted()
    {
        int[] numbers = [.. Traffic(Device).Events.Select(source => source.Number).Distinct()];

        _check.Read([.. numbers.Take(4).Concat([3, 2]).Concat(numbers.Skip(4)).Select((number, at) => Call(at + 1, Single(number)))]);

        _check.Violations.ShouldBeEmpty();
        _check.Repeats.ShouldBe(2);
    }

    [Fact]
    public void An_event_that_passes_an_identify_is_found()
    {
        _check.Read([Call(1, Single(0)), Call(2, Single(1)), Call(3, Single(2)), Call(4, Single(4)), Call(5, Single(3))]);

        _check.Violations.ShouldHaveSingleItem().ShouldBe("event 4 of device 0 came before event 3");
    }

    [Fact]
    public void Items_of_a_batch_come_in_their_order()
    {
        _check.Read([Call(1, $$"""{"batch":[{{Single(0)}},{{Single(2)}},{{Single(1)}}]}""")]);

        _check.Violations.ShouldHaveSingleItem();
    }

    [Fact]
    public void An_event_nobody_sent_is_found()
    {
        _check.Read([Call(1, """{"name":"Never","timestamp":1789999999}""")]);

        _check.Violations.ShouldHaveSingleItem();
    }

    [Fact]
    public void A_gap_in_what_was_seen_makes_the_check_worthless()
    {
        _check.Read([Call(1, Single(0)), Call(3, Single(1))]);

        _check.Violations.ShouldHaveSingleItem();
    }

    private static DeviceTraffic Traffic(int device) => DeviceTraffic.Of(seed: 1, device, withDeadLetters: true);

    private static string Single(int number) => $$"""{"timestamp":{{TrafficEvent.Start + number}}}""";

    private static JsonObject Call(int sequence, string body) => new() { ["sequence"] = (long)sequence, ["method"] = "POST", ["body"] = body };
}
