using System.Text.Json;
using CustomerIoDestination.Chaos.Checks;
using CustomerIoDestination.TestRig.Traffic;
using TrackApiSandbox.Snapshots;

namespace CustomerIoDestination.Chaos.Tests;

/// <summary>What the programme finds wrong with an end state.</summary>
public sealed class EndStateTests
{
    private const int Devices = 5;

    [Fact]
    public void The_state_that_must_be_is_good() => Compare(State()).ShouldBeEmpty();

    [Fact]
    public void A_lost_event_is_found() =>
        Compare(Change(person => person with { Events = [.. person.Events.Skip(1)] })).ShouldHaveSingleItem();

    [Fact]
    public void A_doubled_event_is_found() =>
        Compare(Change(person => person with { Events = [person.Events[0], .. person.Events] })).ShouldHaveSingleItem();

    [Fact]
    public void An_overtaken_event_is_found() =>
        Compare(Change(person => person with { Events = [.. person.Events.Reverse()] })).ShouldHaveSingleItem();

    [Fact]
    public void An_older_attribute_is_found() =>
        Compare(Change(person => person with { Attributes = person.Attributes.Where(pair => pair.Key != "plan").ToDictionary() })).ShouldHaveSingleItem();

    [Fact]
    public void A_missing_merge_is_found() => Compare(Change(person => person with { AnonymousIds = [] })).ShouldHaveSingleItem();

    [Fact]
    public void A_lost_person_and_a_stranger_are_found()
    {
        SandboxState state = State();

        Compare(state with { People = [.. state.People.Skip(1)] }).Count.ShouldBe(2);
        Compare(state with { People = [.. state.People, state.People[0] with { Id = "ghost" }] }).ShouldHaveSingleItem();
    }

    [Fact]
    public void A_lost_anonymous_event_is_found()
    {
        SandboxState state = State();

        Compare(state with { AnonymousEvents = [.. state.AnonymousEvents.Skip(1)] }).Count.ShouldBe(2);
    }

    [Fact]
    public void A_dead_letter_that_should_not_be_and_one_that_is_missing_are_found()
    {
        var check = new DeadLetterCheck(Traffic);
        check.Read("limit_exceeded", DateTimeOffset.FromUnixTimeSeconds(TrafficEvent.Start));
        check.Read("unreadable", null);

        check.Violations.Count.ShouldBe(2);
        check.Finish(Devices);
        check.Violations.Count.ShouldBe(2 + Enumerable.Range(0, Devices).SelectMany(device => Traffic(device).Events).Count(source => source.DeadLetter != null));
    }

    private static IReadOnlyList<string> Compare(SandboxState state) => new StateComparison(Devices, Traffic, _ => false).Compare(state);

    private static SandboxState Change(Func<SandboxPerson, SandboxPerson> change)
    {
        SandboxState state = State();
        return state with { People = [change(state.People[0]), .. state.People.Skip(1)] };
    }

    private static SandboxState State()
    {
        DeviceTraffic[] all = [.. Enumerable.Range(0, Devices).Select(Traffic)];
        return new SandboxState(
            [.. all.Where(device => device.Person is not null).Select(Person)],
            [.. all.Where(device => device.Person is null).SelectMany(device => device.Known.Select(known => Event(known, device.DeviceId)))],
            [],
            []);
    }

    private static SandboxPerson Person(DeviceTraffic device) => new(
        "c",
        device.Person!.Id,
        device.Person.Email,
        [device.DeviceId],
        device.Person.Attributes.ToDictionary(pair => pair.Key, pair => JsonSerializer.Deserialize<JsonText>(pair.Value!.ToJsonString())),
        device.Person.Unsubscribed,
        [],
        [],
        [.. device.Known.Select(known => Event(known, null))]);

    private static SandboxEvent Event(ExpectedEvent known, string? device) =>
        new(null, known.Name, known.Type, known.Timestamp, JsonSerializer.Deserialize<JsonText>(known.Data.ToJsonString()), device);

    private static DeviceTraffic Traffic(int device) => DeviceTraffic.Of(seed: 1, device, withDeadLetters: true);
}
