using System.Text;
using System.Text.Json.Nodes;
using CustomerIoDestination.Events;
using CustomerIoDestination.Model;
using CustomerIoDestination.Tests.Support;
using CustomerIoDestination.Text;

namespace CustomerIoDestination.Tests.Mapping;

/// <summary>
/// Every kind of event is there in the golden cases for a person who is known, for a device only and for nobody, in both shapes it may come in, and in both
/// forms it may be sent in: <c>each-KIND-PERSON-SHAPE.json</c>.
/// </summary>
public sealed class EachKindTests
{
    private const string Refused = "missing_identifier";
    private const string Skipped = "unidentified";

    // What becomes of it for a device only and for nobody: the dead letter's or the skip's reason, or, with a slash, the path of what is sent.
    private static readonly (string Kind, EventKind Event, string OfADevice, string OfNobody)[] Kinds =
    [
        ("identify", EventKind.Identify, Skipped, Refused),
        ("subscription", EventKind.Identify, Skipped, Refused),
        ("track", EventKind.Track, "/api/v1/events", Refused),
        ("page", EventKind.Page, "/api/v1/events", Refused),
        ("screen", EventKind.Screen, "/api/v1/events", Refused),
        ("group", EventKind.Group, Skipped, Refused),
        ("group-remove", EventKind.Group, Skipped, Refused),
        ("alias", EventKind.Alias, Skipped, Refused),
        ("alias-of-the-device", EventKind.Alias, Skipped, Refused),
        ("device-add", EventKind.Track, "/api/v1/events", Refused),
        ("device-remove", EventKind.Track, "/api/v1/events", Refused),
        ("delete", EventKind.Track, "/api/v1/events", Refused),
        ("suppress", EventKind.Track, "/api/v1/events", Refused),
        ("unsuppress", EventKind.Track, "/api/v1/events", Refused),
        ("object-update", EventKind.Track, "/api/v2/entity", "/api/v2/entity"),
        ("object-delete", EventKind.Track, "/api/v2/entity", "/api/v2/entity"),
    ];

    public static TheoryData<string, string, string> Combinations()
    {
        var combinations = new TheoryData<string, string, string>();
        foreach ((string kind, _, _, _) in Kinds)
        {
            foreach (string person in (string[])["known", "anonymous", "neither"])
            {
                combinations.Add(kind, person, "webhook");
                combinations.Add(kind, person, "http-api");
            }
        }

        return combinations;
    }

    [Theory]
    [MemberData(nameof(Combinations))]
    public void Each_kind_has_a_case_for_each_person_and_shape_in_both_forms(string kind, string person, string shape)
    {
        (_, EventKind expectedKind, string ofADevice, string ofNobody) = Array.Find(Kinds, entry => entry.Kind == kind);
        GoldenCase golden = GoldenCase.Load($"each-{kind}-{person}-{shape}");

        using var table = new JsonTable();
        FreshpaintEvent read = EventItem.Read(Encoding.UTF8.GetBytes(golden.Given.ToJsonString()), table).ShouldBeOfType<EventItem.Readable>().Event;

        read.Kind.ShouldBe(expectedKind);
        read.Head.Shape.ShouldBe(shape == "webhook" ? EventShape.Webhook : EventShape.HttpApi);
        read.Head.UserId.IsPresent.ShouldBe(person == "known");
        read.Head.DeviceId.IsPresent.ShouldBe(person != "neither");
        End(golden.Expected).ShouldBe(person == "known" ? kind.StartsWith("object", StringComparison.Ordinal) ? "/api/v2/entity" : "sent to the person" : person == "anonymous" ? ofADevice : ofNobody);
    }

    [Fact]
    public void The_real_cases_are_at_least_250_and_each_stands_for_a_kind_that_is_checked()
    {
        GoldenCase.Names().Count().ShouldBeGreaterThanOrEqualTo(250);
        GoldenCase.Names().Count(name => name.StartsWith("each-", StringComparison.Ordinal)).ShouldBe(Kinds.Length * 3 * 2);
    }

    // The same facts are in the v2 form, as many of them, but for anonymous events, which have none that is documented.
    private static string End(JsonNode expected)
    {
        if (expected["skipped"] is { } reason)
        {
            return reason.GetValue<string>();
        }

        if (expected["invalid"] is { } problems)
        {
            return problems.AsArray().ShouldHaveSingleItem()!["code"]!.GetValue<string>();
        }

        JsonArray requests = expected["requests"]!.AsArray();
        string path = requests[0]!["path"]!.GetValue<string>();
        bool isAnonymous = path == "/api/v1/events";
        expected["batchItems"]!.AsArray().Count.ShouldBe(isAnonymous ? 0 : requests.Count);
        return isAnonymous || (path == "/api/v2/entity" && requests[0]!["body"]!["cio_relationships"] is null) ? path : "sent to the person";
    }
}
