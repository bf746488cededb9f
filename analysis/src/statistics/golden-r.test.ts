// SPDX-License-Identifier: Apache-2.0
/**
 * Each estimator against R 4.2.2, an independent source: `wilcox.test`, `p.adjust`, `cor.test`,
 * `pnorm`, `qnorm`, package boot 1.3-28.1, and a Fieller interval as the roots of R's own t test.
 * Exact ones agree to 1e-9, those by random numbers to what the script's 200,000 draws leave open.
 */
