using System.Text;
using CsCheck;
using CustomerIoDestination.Ingest;
using CustomerIoDestination.Mapping;
using CustomerIoDestination.Preview;
using CustomerIoDestination.Rules;
using CustomerIoDestination.Rules.Reading;
using CustomerIoDestination.Settings;
using CustomerIoDestination.Tests.Support;
using CustomerIoDestination.Time;
using Microsoft.Extensions.Time.Testing;

namespace CustomerIoDestination.Tests.Preview;

public sealed class EventPreviewTests
{
    private static readonly IngestRequest Plain = new(null, false, null);

    [Fact]
    public void Whatever_JSON_comes_it_is_answered() =>
        SomeJson.Events.Holds(value =>
        {
            foreach (DestinationSettings settings in SomeSettings)
            {
                PreviewItem item = Preview(value, settings).ShouldHaveSingleItem();
                new[] { "deliver", "skip", "reject" }.ShouldContain(item.Outcome);
            }
        });

    [Fact]
    public void Whatever_bytes_come_they_are_answered() =>
        Gen.Byte.Array[0, 100].Holds(bytes =>
            Create(new DestinationSettings()).Preview(bytes, Plain).ShouldBeOfType<PreviewResult.Items>());

    [Fact]
    public void No_problem_and_no_warning_ever_holds_a_value() =>
        SomeJson.Texts.Where(text => text.Length > 8).Holds(text =>
        {
            string value = SomeJson.Quote(text);
            string item = $$"""{"type":"identify","userId":{{value}},"anonymousId":{{value}},"timestamp":{{value}},"traits":{"email":{{value}},"created_at":{{value}},"unsubscribed":{{value}},"bio":"{{new string('x', 1001)}}"} }""";
            PreviewItem preview = Preview(item, new DestinationSettings()).ShouldHaveSingleItem();

            string told = string.Join('\n', preview.Problems.Select(p => p.Field + p.Message).Concat(preview.Warnings.Select(w => w.Field + w.Message)));
            told.ShouldNotContain(text);
        });

    [Fact]
    public void Each_item_has_its_own_answer()
    {
        IReadOnlyList<PreviewItem> items = Preview("""[{"type":"track","event":"x","userId":"u@x.co"},{"event":"$group"},7]""", new DestinationSettings());

        items.Select(item => (item.Index, item.Shape, item.Kind, item.Outcome, item.Reason)).ShouldBe(
        [
            (0, "webhook", "track", "deliver", null),
            (1, "http_api", "group", "reject", "missing_identifier"),
            (2, null, null, "reject", "invalid_event"),
        ]);
        items[0].Requests.ShouldHaveSingleItem().Url.ShouldBe("https://track.customer.io/api/v1/customers/u%40x.co/events");
        items[0].Partition.ShouldNotBeNull().ShouldStartWith("l-");
    }

    [Fact]
    public void The_region_names_the_URL()
    {
        var settings = new DestinationSettings { CustomerIo = new CustomerIoSettings { Region = CustomerIoRegion.Eu } };

        Preview("""{"type":"track","event":"x","userId":"u"}""", settings)[0].Requests[0].Url.ShouldStartWith("https://track-eu.customer.io/api/v1/");
    }

    private static DestinationSettings[] SomeSettings { get; } =
    [
        new(),
        new()
        {
            Mapping = new MappingSettings { ConvertDates = true, SendNulls = false, PersonIdentifier = PersonIdentifierChoice.Email, EmailFromProperties = true },
            Limits = new LimitSettings { AttributeName = OverLimit.Trim, AttributeValue = OverValueLimit.Trim, AttributeCount = OverLimit.Trim, EventName = OverLimit.Trim },
        },
    ];

    private static IReadOnlyList<PreviewItem> Preview(string body, DestinationSettings settings) =>
        Create(settings).Preview(Encoding.UTF8.GetBytes(body), Plain).ShouldBeOfType<PreviewResult.Items>().Values;

    private static EventPreview Create(DestinationSettings settings) =>
        new(settings, new EnvelopeMapper(settings.Mapping, settings.Limits, RulesSource.Of(DestinationRules.None)), new SteadyClock(new FakeTimeProvider()), new Random(1));
}
