using System.Text;
using CustomerIoDestination.Model;
using CustomerIoDestination.Rules;
using CustomerIoDestination.Rules.Reading;
using CustomerIoDestination.Settings;
using CustomerIoDestination.TrackApi;

namespace CustomerIoDestination.Fuzz;

/// <summary>Answers of Customer.io: each is one of the table's, whatever its body; a refusal names at least one error, in words that are ours.</summary>
internal sealed class AnswerFuzzer : Fuzzer
{
    private const int MostErrors = 20_000;

    private static readonly int[] Statuses = [200, 201, 204, 207, 301, 400, 401, 403, 404, 408, 413, 422, 425, 429, 500, 502, 503, 522, 599];

    public override string Name => "answers";

    protected override IReadOnlyList<byte[]> Seeds { get; } =
    [
        .. new[]
        {
            "{}",
            """{"meta":{"error":"id attribute must be present"}}""",
            """{"meta":{"errors":["event name cannot be longer than 100 bytes"]}}""",
            """{"errors":[{"batch_index":1,"reason":"invalid","field":"name","message":"name cannot be blank"},{"batch_index":0,"message":"value for attribute 'bio' cannot be longer than 1000 bytes"}]}""",
            """{"errors":[{"detail":"no such thing"}],"meta":{"error":null}}""",
            "<html><body>502 Bad Gateway</body></html>",
        }.Select(Encoding.UTF8.GetBytes),
    ];

    protected override Task<string?> ReadAsync(byte[] input)
    {
        foreach (int status in Statuses)
        {
            TrackApiAnswer answer = AnswerTable.Read(status, input, whole: input.Length % 7 != 0, retryAfter: null);
            Ended(answer.GetType().Name);
            IReadOnlyList<AnswerError> errors = answer switch
            {
                TrackApiAnswer.Taken taken => taken.Errors,
                TrackApiAnswer.Refused refused => refused.Errors,
                _ => [],
            };
            if ((answer is TrackApiAnswer.Refused && errors.Count == 0) || errors.Count > MostErrors)
            {
                return Task.FromResult<string?>($"{status} has {errors.Count} errors");
            }
        }

        return Task.FromResult<string?>(null);
    }
}

/// <summary>Values of the header <c>Retry-After</c>: a wait that is bounded, or none.</summary>
internal sealed class RetryAfterFuzzer : Fuzzer
{
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    public override string Name => "retry-after";

    protected override IReadOnlyList<byte[]> Seeds { get; } =
        [.. new[] { "3", "0", "120", "3, 4", "4294967296", "Tue, 24 Nov 2026 12:01:00 GMT", "soon" }.Select(Encoding.UTF8.GetBytes)];

    protected override Task<string?> ReadAsync(byte[] input)
    {
        using var response = new HttpResponseMessage();
        if (!response.Headers.TryAddWithoutValidation("Retry-After", Encoding.Latin1.GetString(input)))
        {
            Ended("no header");
            return Task.FromResult<string?>(null);
        }

        TimeSpan? wait = RetryAfter.Read(response.Headers, Now);
        Ended(wait is null ? "no wait" : "a wait");
        bool isGood = wait is not { } asked || (asked >= TimeSpan.Zero && RetryAfter.Bounded(asked) is var bounded && bounded >= RetryAfter.Shortest && bounded <= RetryAfter.Longest);
        return Task.FromResult(isGood ? null : $"a wait of {wait}");
    }
}

/// <summary>Rules files: rules, or a list of problems that is not empty.</summary>
internal sealed class RulesFuzzer : Fuzzer
{
    private static readonly Secret HashSecret = new("a secret of some length");

    public override string Name => "rules";

    protected override IReadOnlyList<byte[]> Seeds { get; } =
    [
        .. new[]
        {
            """{"identify":true,"pages":false,"events":{"enabled":["Signed Up","Order *"]},"sources":{"web":true,"server":false}}""",
            """{"transformations":[{"operation":"renameProperty","on":["Order *"],"property":"a.b[*].c","to":"a.b[*].d"},{"operation":"hashProperty","on":"users","property":["ssn","mrn"]},{"operation":"dropEvent","on":"events","when":{"page":"/conditions/*"}}]}""",
            """{"transformations":[{"name":"n","operation":"changePropertyType","on":"all","property":"zip","type":"number","when":{"not":{"property":"b","in":[1,"12"],"atMost":5}}},{"operation":"sendConstantProperty","on":"all","property":"x","value":{"b":[1]}}]}""",
            """{"privacy":{"allow":{"events":{"Order Completed":["total"],"*":["$ip"]},"traits":["plan"]}},"allowMessageOverrides":true} // end""",
        }.Select(Encoding.UTF8.GetBytes),
    ];

    protected override Task<string?> ReadAsync(byte[] input)
    {
        Checked<DestinationRules> result = RulesFile.Load(Encoding.UTF8.GetString(input), HashSecret);
        Ended(result is Checked<DestinationRules>.Valid ? "good" : "told what to mend");
        return Task.FromResult(result is Checked<DestinationRules>.Invalid { Problems.Count: 0 } ? "bad without a problem" : null);
    }
}
