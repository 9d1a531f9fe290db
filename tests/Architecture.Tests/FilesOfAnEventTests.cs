using CustomerIoDestination.Architecture.Tests.Walk;
using CustomerIoDestination.Testing;
using Xunit.Abstractions;

namespace CustomerIoDestination.Architecture.Tests;

/// <summary>How much of the product somebody reads who follows one event.</summary>
public sealed class FilesOfAnEventTests(ITestOutputHelper output)
{
    // What this test measures; it should only go down. They are some 210 lines each on average.
    private const int Most = 70;

    // What is read in one sitting.
    private const int MostLines = 300;

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
        files.Where(file => File.ReadLines(Path.Combine(SourceTree.Root, file)).Count() > MostLines).ShouldBeEmpty();
    }
}
