using CustomerIoDestination.Architecture.Tests.Walk;
using Xunit.Abstractions;

namespace CustomerIoDestination.Architecture.Tests;

/// <summary>How much of the product somebody reads who follows one event.</summary>
public sealed class FilesOfAnEventTests(ITestOutputHelper output)
{
    // Measured 124 on 29 November 2026, by this test; what rules about people add is not in that. It should only go down.
    private const int Most = 140;

    [Fact]
    public async Task A_track_event_passes_few_source_files_from_the_request_to_the_settled_message()
    {
        using WatchedHost host = new();

        IReadOnlyList<string> files = await host.FilesOfAsync(
            """{"type": "track", "event": "Signed Up", "userId": "walk-{n}", "anonymousId": "device-{n}", "messageId": "walk-{n}", "properties": {"plan": "pro"}}""");

        output.WriteLine($"{files.Count} files");
        output.WriteLine(string.Join('\n', files));
        files.ShouldContain("src/HttpApi/Endpoints/EventsEndpoint.cs");
        files.ShouldContain("src/Destination/Delivery/DeliveryHandler.cs");
        files.Count.ShouldBeLessThanOrEqualTo(Most, string.Join('\n', files));
    }
}
