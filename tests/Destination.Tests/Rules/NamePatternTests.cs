using System.Text;
using CsCheck;
using CustomerIoDestination.Rules.Naming;

namespace CustomerIoDestination.Tests.Rules;

public sealed class NamePatternTests
{
    [Theory]
    [InlineData("Order Completed", "Order Completed", true)]
    [InlineData(" Order Completed ", "Order Completed", true)]
    [InlineData("Order Completed", "order completed", false)]
    [InlineData("Order *", "Order Completed", true)]
    [InlineData("Order *", "Order ", true)]
    [InlineData("Order *", "My Order 1", false)]
    [InlineData("*Order", "My Order", true)]
    [InlineData("*", "", true)]
    [InlineData("a*a", "a", false)]
    [InlineData("a*a", "aa", true)]
    [InlineData("*b*c*", "abxc", true)]
    [InlineData("*b*c*", "acb", false)]
    [InlineData("ab*bc", "abc", false)]
    [InlineData("é*", "éa", true)]
    public void A_star_stands_for_any_text(string pattern, string name, bool matches) =>
        NamePattern.Of(pattern).Matches(Encoding.UTF8.GetBytes(name)).ShouldBe(matches);

    [Theory]
    [InlineData("a", "a", true)]
    [InlineData("a", "b", false)]
    [InlineData("a*", "*b", true)]
    [InlineData("a*", "b*", false)]
    [InlineData("Order *", "Order Completed", true)]
    [InlineData("*a", "*b", false)]
    [InlineData("a*c", "ab*", true)]
    [InlineData("*", "", true)]
    [InlineData("a", "", false)]
    public void Patterns_overlap_when_some_name_matches_both(string one, string other, bool overlap)
    {
        NamePattern.Of(one).Overlaps(NamePattern.Of(other)).ShouldBe(overlap);
        NamePattern.Of(other).Overlaps(NamePattern.Of(one)).ShouldBe(overlap);
    }

    [Fact]
    public void Patterns_that_match_the_same_name_overlap() =>
        Gen.Select(Gen.String[Gen.Char["ab*"], 0, 6], Gen.String[Gen.Char["ab*"], 0, 6], Gen.String[Gen.Char["ab"], 0, 8]).Holds((one, other, name) =>
        {
            byte[] bytes = Encoding.UTF8.GetBytes(name);
            if (NamePattern.Of(one).Matches(bytes) && NamePattern.Of(other).Matches(bytes))
            {
                NamePattern.Of(one).Overlaps(NamePattern.Of(other)).ShouldBeTrue($"{one} and {other} match {name}");
            }
        });

    [Fact]
    public void Sets_overlap_and_cover_as_their_names_and_patterns_do_one_by_one() =>
        Gen.Select(Gen.String[Gen.Char["ab*"], 1, 3].Array[0, 5], Gen.String[Gen.Char["ab*"], 1, 3].Array[0, 5]).Holds((one, other) =>
        {
            NamePattern[] ours = [.. one.Select(NamePattern.Of)];
            NamePattern[] theirs = [.. other.Select(NamePattern.Of)];
            (NameSet set, NameSet otherSet) = (new NameSet(ours), new NameSet(theirs));

            set.Overlaps(otherSet).ShouldBe(ours.Any(x => theirs.Any(x.Overlaps)));
            set.Covers(otherSet).ShouldBe(theirs.All(y => ours.Any(x => x.Covers(y))));
        });
}
