using System.Text.Json.Nodes;
using CustomerIoDestination.Tests.Support;

namespace CustomerIoDestination.Tests.Mapping;

/// <summary>The golden cases: one JSON file each, compared whole. A new case is a new file in <c>Cases/</c>.</summary>
public sealed class CasesTests
{
    public static TheoryData<string> Names() => new(GoldenCase.Names());

    [Theory]
    [MemberData(nameof(Names))]
    public void A_case_comes_out_as_its_file_says(string name)
    {
        var golden = GoldenCase.Load(name);

        JsonNode actual = golden.Run();

        JsonNode.DeepEquals(actual, golden.Expected).ShouldBeTrue(
            $"case {name}\nexpected: {golden.Expected.ToJsonString(GoldenCase.Indented)}\nactual: {actual.ToJsonString(GoldenCase.Indented)}");
    }

    [Fact]
    public void The_golden_cases_are_at_least_sixty() => GoldenCase.Names().Count().ShouldBeGreaterThanOrEqualTo(60);
}
