"""Makes statistics.json beside this file, what SciPy and statsmodels give for data made of a fixed seed.

    python3 -m venv /tmp/goldens && /tmp/goldens/bin/pip install scipy==1.17.1 statsmodels==0.15.0 numpy==2.4.6
    /tmp/goldens/bin/python test/electron/statistics/golden/make.py
"""

import json
import math
import pathlib

import numpy as np
from scipy import stats
from statsmodels.regression.linear_model import OLS
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.inter_rater import cohens_kappa
from statsmodels.stats.proportion import proportion_confint

rng = np.random.default_rng(20261125)
golden = {}

# Distributions.
golden["normalQuantile"] = [[p, float(stats.norm.ppf(p))] for p in (1e-12, 1e-6, 0.001, 0.025, 0.2, 0.5, 0.8, 0.975, 0.99999)]
golden["normalCdf"] = [[z, float(stats.norm.cdf(z))] for z in (-8, -3.3, -1, -0.1, 0, 0.4, 1.959963984540054, 5)]
golden["normalP"] = [[z, float(2 * stats.norm.sf(abs(z)))] for z in (0, 0.3, 1, 1.96, 3.00915, 6, 12)]
golden["chiSquaredP"] = [[x, k, float(stats.chi2.sf(x, k))] for x in (0.01, 0.5, 1, 3.84, 9, 8.68698, 40, 120) for k in (1, 2, 5, 10)]
golden["wilson"] = [[k, n, *map(float, proportion_confint(k, n, method="wilson"))] for k, n in ((0, 10), (1, 10), (10, 10), (515, 1319), (3, 1838), (1, 1))]

# McNemar: exact and chi-squared of statsmodels; mid-p by its definition on SciPy's binomial.
rows = []
for b, c in ((209, 152), (0, 0), (1, 0), (5, 5), (3, 9), (12, 12), (13, 12), (0, 24), (40, 10), (600, 500), (5000, 4800), (1, 300)):
    n = b + c
    table = [[10, b], [c, 10]]
    exact = float(mcnemar(table, exact=True).pvalue) if n else 1.0
    plain = mcnemar(table, exact=False, correction=False) if n else None
    corrected = mcnemar(table, exact=False, correction=True) if n else None
    mid = 1.0 if n == 0 else (1 - stats.binom.pmf(b, n, 0.5) / 2 if b == c else 2 * stats.binom.cdf(min(b, c), n, 0.5) - stats.binom.pmf(min(b, c), n, 0.5))
    rows.append({
        "b": b, "c": c, "exact": min(1.0, exact), "midP": float(mid),
        "chi": [float(plain.statistic), float(plain.pvalue)] if n else [0.0, 1.0],
        "corrected": [float(corrected.statistic), float(corrected.pvalue)] if n else [0.0, 1.0],
    })
golden["mcNemar"] = rows

# Means, plain and clustered. statsmodels' cluster-robust OLS on a constant is C/(C-1) * (n-1)/(n-1) times the sandwich.
values = rng.normal(0.6, 0.3, 60).round(6)
clusters = [f"c{int(i)}" for i in rng.integers(0, 14, 60)]
fit = OLS(values, np.ones(60)).fit(cov_type="cluster", cov_kwds={"groups": np.unique(clusters, return_inverse=True)[1], "use_correction": True, "df_correction": True}, use_t=True)
plain = stats.t.interval(0.95, 59, loc=values.mean(), scale=stats.sem(values))
c_count = len(set(clusters))
golden["mean"] = {
    "values": values.tolist(), "clusters": clusters,
    "mean": float(values.mean()), "se": float(stats.sem(values)), "low": float(plain[0]), "high": float(plain[1]),
    "clusteredSe": float(fit.bse[0]), "clusterCount": c_count,
    "clusteredLow": float(fit.conf_int()[0][0]), "clusteredHigh": float(fit.conf_int()[0][1]),
    "clusteredP": float(fit.pvalues[0]),
}

# Paired differences.
other = (values + rng.normal(0.05, 0.2, 60)).round(6)
test = stats.ttest_rel(other, values)
interval = test.confidence_interval(0.95)
difference = other - values
cfit = OLS(difference, np.ones(60)).fit(cov_type="cluster", cov_kwds={"groups": np.unique(clusters, return_inverse=True)[1]}, use_t=True)
golden["paired"] = {
    "second": other.tolist(), "difference": float(difference.mean()), "se": float(stats.sem(difference)),
    "t": float(test.statistic), "p": float(test.pvalue), "low": float(interval.low), "high": float(interval.high),
    "rho": float(stats.pearsonr(values, other)[0]),
    "clusteredSe": float(cfit.bse[0]), "clusteredP": float(cfit.pvalues[0]),
    "clusteredLow": float(cfit.conf_int()[0][0]), "clusteredHigh": float(cfit.conf_int()[0][1]),
    # Large, unseeded-by-us resampling of SciPy: to compare the bootstrap and the permutation test with, not to 1e-9.
    "bootstrap": [float(v) for v in stats.bootstrap((difference,), np.mean, n_resamples=200_000, method="percentile", rng=1).confidence_interval],
    "signFlip": float(stats.permutation_test((difference,), lambda x, axis: x.mean(axis=axis), permutation_type="samples", n_resamples=200_000, rng=1).pvalue),
}
# Exact sign flips of ten differences: 2^10 of them.
few = rng.normal(0.2, 0.4, 10).round(4)
exact = stats.permutation_test((few,), lambda x, axis: x.mean(axis=axis), permutation_type="samples", n_resamples=np.inf)
golden["signFlipExact"] = {"differences": few.tolist(), "p": float(exact.pvalue)}

# Kappa.
first = rng.choice(["up", "down", "tie"], 80, p=[0.5, 0.35, 0.15])
second = np.where(rng.random(80) < 0.6, first, rng.choice(["up", "down", "tie"], 80))
labels = ["up", "down", "tie"]
matrix = np.array([[int(((first == a) & (second == b)).sum()) for b in labels] for a in labels])
kappa = cohens_kappa(matrix)
golden["kappa"] = {"first": first.tolist(), "second": second.tolist(), "kappa": float(kappa.kappa), "se": float(kappa.std_kappa), "low": float(kappa.kappa_low), "high": float(kappa.kappa_upp)}

# Ratio of means by the delta method (pooled shares).
weights = rng.integers(1, 4, 40)
shares = (rng.binomial(weights, 0.7) / weights).astype(float)
ratio = float((weights * shares).sum() / weights.sum())
residual = weights * (shares - ratio)
golden["pooled"] = {"values": shares.tolist(), "weights": weights.tolist(), "mean": ratio, "se": float(math.sqrt(40 / 39 * (residual**2).sum()) / weights.sum())}

# Power by SciPy's normal.
z = float(stats.norm.ppf(0.975) + stats.norm.ppf(0.8))
golden["power"] = {"factor": z, "n": [[delta, omega, within, float(z**2 * (omega + within) / delta**2)] for delta, omega, within in ((0.03, 1 / 9, 0), (0.03, 1 / 9, 2 / 6), (0.03, 1 / 9, 2 / 60))]}

path = pathlib.Path(__file__).with_name("statistics.json")
path.write_text(json.dumps(golden, indent="\t") + "\n")
