"""Function words: they say nothing about what is asked, unless nothing else is."""

_CHINESE = """
的 地 得 了 着 过 吗 呢 吧 啊 呀 哦 嘛 啦 我 你 您 他 她 它 我们 你们 他们 咱们 自己 是 在 和 与 及
就 都 也 还 又 这 那 这个 那个 这些 那些 这样 那样 有 个 一个 把 被 给 对 从 到 向 让 跟 为 以 于 而
但 但是 或 或者 如果 因为 所以 什么 怎么 怎样 怎么办 如何 为什么 哪 哪些 哪个 请问 之 其 该 等 会 能
可以 要
"""
_ENGLISH = """
a an and are as at be been but by can could did do does for from had has have he her his how i if in
into is it its me my not of on or our she so that the their them then there these they this to was
we were what when where which who whom why will with would you your
"""
# The plural cut turns these into something else; the list holds what the cut leaves.
_CUT = "doe ha hi it thi wa"
STOP_WORDS = frozenset(f"{_CHINESE} {_ENGLISH} {_CUT}".split())
