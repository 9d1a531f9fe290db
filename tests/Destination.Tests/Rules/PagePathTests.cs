using CustomerIoDestination.Rules.Transforming;
using CustomerIoDestination.Text;

namespace CustomerIoDestination.Tests.Rules;

public sealed class PagePathTests
{
    [Theory]
    [InlineData("/a/b", "/a/b")]
    [InlineData("/a/b/", "/a/b/")]
    [InlineData("/a//b", "/a/b")]
    [InlineData("//a", "/a")]
    [InlineData("/a/./b", "/a/b")]
    [InlineData("/a/../b", "/b")]
    [InlineData("/a/b/..", "/a/")]
    [InlineData("/a/.", "/a/")]
    [InlineData("/..", "/")]
    [InlineData("/../a", "/a")]
    [InlineData("/.", "/")]
    [InlineData("/A/", "/a/")]
    [InlineData("A", "a")]
    [InlineData("A/.", "a/")]
    [InlineData("A/..", "")]
    [InlineData("/a%2FB", "/a/b")]
    [InlineData("/a\\b", "/a/b")]
    [InlineData("/a/...", "/a/...")]
    public void Paths_are_compared_in_one_form(string path, string form) => PagePath.Normal(Utf8Text.Of(path)).ToString().ShouldBe(form);

    [Theory]
    [InlineData("https://a.example/x?y=1", "https://a.example/x")]
    [InlineData("https://@a.example/x", "https://a.example/x")]
    [InlineData("https://u:p@a.example", "https://a.example")]
    [InlineData("https://a.example/x@y?z", "https://a.example/x@y")]
    [InlineData("file:///x@y?z", "file:///x@y")]
    [InlineData("/x;s=1/y;t", "/x/y;t")]
    [InlineData("#/x?y=1", "#/x")]
    [InlineData("/x#part", null)]
    [InlineData("/x#a=1", "/x")]
    [InlineData("/x#a%3D1", "/x")]
    [InlineData("/x#a%3d1", "/x")]
    [InlineData("/x", null)]
    public void What_a_url_tells_beside_its_page_is_taken_off(string url, string? left)
    {
        bool isEdited = new StripQuery().TryEdit(EditableValue.Text(Utf8Text.Of(url).Bytes), out EditableValue edited);

        isEdited.ShouldBe(left is not null);
        (isEdited && edited.TryGetText(out Utf8Text text) ? text.ToString() : null).ShouldBe(left);
    }
}
