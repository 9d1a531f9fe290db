using System.Globalization;
using System.Text.Json.Nodes;
using CustomerIoDestination.Model;
using CustomerIoDestination.Settings;
using CustomerIoDestination.Tests.Support;

namespace CustomerIoDestination.Tests.Delivery;

public sealed class OrderTests
{
    private const int Partitions = 8;
    private const int EventsEach = 25;

    [Theory]
    [InlineData(DeliveryMode.Single, 1)]
    [InlineData(DeliveryMode.Single, 2)]
    [InlineData(DeliveryMode.Batch, 3)]
    [InlineData(DeliveryMode.Batch, 4)]
    public async Task Through_faults_at_random_every_event_arrives_and_each_partition_keeps_its_order(DeliveryMode mode, int seed)
    {
        await using DeliveryRig rig = new(new DeliverySettings { Mode = mode, RequestsPerSecond = 1000, BatchItems = 5, HoldBudget = TimeSpan.FromHours(10) });
        Server server = new(new Random(seed));
        rig.Api.Always(server.Answer);
        List<(int Partition, long Number, AttemptOutcome Outcome)> ended = [];

        await rig.RunAsync(
            Task.WhenAll(Enumerable.Range(0, Partitions).Select(partition => rig.Handler.DeliverRunAsync(
                [.. Enumerable.Range(1, EventsEach).Select(i => Some.Track(i, partition, userId: $"u-{partition}"))],
                (received, attempt) =>
                {
                    lock (ended)
                    {
                        ended.Add((partition, received.SequenceNumber, attempt.Outcome));
                    }
                },
                default))),
            stepMs: 500);

        server.Faults.ShouldBePositive();
        for (int partition = 0; partition < Partitions; partition++)
        {
            server.FirstEffects($"u-{partition}").ShouldBe(Enumerable.Range(1, EventsEach));
            ended.Where(end => end.Partition == partition).ShouldBe(Enumerable.Range(1, EventsEach).Select(i => (partition, (long)i, AttemptOutcome.Delivered)));
        }
    }

    /// <summary>Fails a third of the calls in one way or another, some after it applied them; refuses some batches as a whole.</summary>
    private sealed class Server(Random chance)
    {
        private readonly Dictionary<string, List<int>> _applied = [];

        public int Faults { get; private set; }

        public HttpResponseMessage Answer(SentCall call)
        {
            lock (_applied)
            {
                switch (chance.Next(18))
                {
                    case 0:
                        Faults++;
                        return StubTrackApi.Response(500);
                    case 1:
                        Faults++;
                        return StubTrackApi.Response(429);
                    case 2:
                        Faults++;
                        throw new HttpRequestException("reset");
                    case 3:
                        Faults++;
                        Apply(call);
                        throw new IOException("answer lost");
                    case 4:
                        Faults++;
                        Apply(call);
                        return StubTrackApi.Response(200, "<html>");
                    case 5 when Items(call).Count > 1:
                        Faults++;
                        return StubTrackApi.Response(413);
                    default:
                        Apply(call);
                        return StubTrackApi.Response(200);
                }
            }
        }

        /// <summary>Numbers of the person's events in the order in which each took effect first; repeats are dropped by their id.</summary>
        public IEnumerable<int> FirstEffects(string user) => _applied[user].Distinct();

        private void Apply(SentCall call)
        {
            foreach ((string user, int number) in Items(call))
            {
                _applied.TryAdd(user, []);
                _applied[user].Add(number);
            }
        }

        private static List<(string User, int Number)> Items(SentCall call)
        {
            JsonNode body = JsonNode.Parse(call.Body)!;
            return body["batch"] is JsonArray batch
                ? [.. batch.Select(item => (item!["identifiers"]!["id"]!.GetValue<string>(), item["attributes"]!["n"]!.GetValue<int>()))]
                : [(call.Path.Split('/')[4], int.Parse(body["data"]!["n"]!.ToString(), CultureInfo.InvariantCulture))];
        }
    }
}
