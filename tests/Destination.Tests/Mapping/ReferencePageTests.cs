using System.Text.RegularExpressions;

namespace CustomerIoDestination.Tests.Mapping;

/// <summary><c>docs/reference.md</c> names a golden case or a test for each statement of Freshpaint's reference: each must be there.</summary>
public sealed partial class ReferencePageTests
{
    private static readonly string[][] Rows =
    [
        .. File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "reference.md"))
            .Where(line => line.StartsWith("| ", StringComparison.Ordinal) && !line.StartsWith("| ---", StringComparison.Ordinal) && !line.StartsWith("| Freshpaint says", StringComparison.Ordinal))
            .Select(line => line.Split('|')[1..^1].Select(cell => cell.Trim()).ToArray()),
    ];

    public static TheoryData<string> Proofs() => new(Rows.Select(row => Code().Match(row[3]).Groups["name"].Value).Distinct());

    [Fact]
    public void Every_statement_has_what_the_product_does_what_changes_it_and_a_proof()
    {
        Rows.Length.ShouldBeGreaterThan(30);
        Rows.ShouldAllBe(row => row.Length == 4 && row.All(cell => cell.Length > 0));
    }

    [Theory]
    [MemberData(nameof(Proofs))]
    public void Each_proof_it_names_is_there(string proof)
    {
        if (proof.Split('.') is [var type, var method])
        {
            string file = Directory.EnumerateFiles(Path.Combine(Root(), "tests"), $"{type}.cs", SearchOption.AllDirectories).ShouldHaveSingleItem();
            File.ReadAllText(file).ShouldContain($" {method}(");
            return;
        }

        File.Exists(Path.Combine(AppContext.BaseDirectory, "Cases", proof + ".json")).ShouldBeTrue(proof);
    }

    private static string Root()
    {
        DirectoryInfo folder = new(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "README.md")))
        {
            folder = folder.Parent.ShouldNotBeNull();
        }

        return folder.FullName;
    }

    [GeneratedRegex("`(?<name>[^`]+)`", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Code();
}
