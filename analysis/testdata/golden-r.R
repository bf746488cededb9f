# SPDX-License-Identifier: Apache-2.0
# The R commands behind golden-r-values.test.ts: Rscript golden-r.R prints what stands there.
options(digits = 12)

# Student's t: qt.
cat("qt", qt(0.975, c(1, 2, 5, 9, 30, 59)), "\n")
cat("qt", qt(0.995, c(3, 7, 11)), qt(1 - 0.025 / 6, 11), "\n")

# Two to five values: t.test on the logarithms and on the values themselves.
x <- c(231.4, 229.8, 233.1, 230.2)
cat("t log", exp(t.test(log(x))$conf.int), "\n")
cat("t linear", t.test(x)$conf.int, "\n")
cat("t of two", t.test(c(-1.5, 2.25))$conf.int, "\n")

# Welch on logarithms: t.test has the degrees of freedom, which are then rounded down.
a <- c(488.1, 495.3, 479.9, 502.2, 490.7)
b <- c(230.1, 228.4, 233.9, 229.7)
w <- t.test(log(a), log(b))
reach <- qt(0.975, floor(w$parameter)) * w$stderr
d <- mean(log(a)) - mean(log(b))
cat("welch", w$parameter, exp(d), exp(d - reach), exp(d + reach), "\n")

# Modified z scores.
z <- c(230.1, 231.5, 229.8, 230.6, 251.2, 230.9)
cat("modified z", 0.6745 * (z - median(z)) / mad(z, constant = 1), "\n")
# More than half equal: the mean deviation stands in.
e <- c(25, 25, 25, 25, 31, 24)
cat("mean deviation", 0.7979 * (e - median(e)) / mean(abs(e - median(e))), "\n")

# Signed ranks with ties and zeros (Pratt 1959): zeros are ranked, and then have no sign; all signs
# of the others, enumerated.
signed <- function(v) {
  ranks <- rank(abs(v))
  ranked <- ranks[v != 0]
  seen <- sum(ranks[v > 0])
  signs <- as.matrix(expand.grid(rep(list(0:1), length(ranked))))
  sums <- signs %*% ranked
  min(1, 2 * mean(sums <= min(seen, sum(ranked) - seen)))
}
cat("ties", signed(c(1, -1, 2, 2, 3, 4, 4, 5)), "\n")
cat("zeros", signed(c(0, 0, 1, 2, 2, 3, -1, 4)), "\n")
cat("ties and zeros", signed(c(0, 3, 3, -3, 5, 5, 7, 0, 9, 1)), "\n")

# Rank sums with ties: all choices of the first group, enumerated; combn gives the one seen first.
sums <- function(x, y) {
  ranks <- rank(c(x, y))
  each <- combn(length(ranks), length(x), function(at) sum(ranks[at]))
  distance <- abs(each - length(x) * (length(ranks) + 1) / 2)
  mean(distance >= distance[1] - 1e-9)
}
cat("rank sums", sums(c(36, 36, 37, 36), c(37, 37, 38, 37, 36)), "\n")
cat("rank sums", sums(c(1, 2, 2, 3), c(2, 3, 3, 4, 4)), "\n")
