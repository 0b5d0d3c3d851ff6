import { Failure } from '../contract/failure.ts';
import { figure, said } from '../contract/said.ts';
import { NetworkProblem } from '../download/network-gate.ts';
import type { HubAddress } from './hub-address.ts';

/** Explains why the hub refused `repository` (null: a search), and what to do about it. */
export function hubFailure(error: unknown, hub: HubAddress, repository: string | null): unknown {
	if (!(error instanceof NetworkProblem)) return error;
	const { host, origin } = hub.url;
	const detail = `${host}: ${error.message}`;
	if (repository !== null && isGated(error, hub)) return gatedFailure(repository, hub, error);
	if (repository !== null && (error.status === 404 || error.status === 401)) {
		return new Failure(
			{
				code: 'hub-not-found',
				message: said`There is no public repository ${repository} at ${host} (HTTP ${error.status}).`,
				next: [
					said`Check the name, including capitals`,
					said`Search for the model: its owner may have renamed or removed it`,
				],
				detail,
			},
			{ cause: error },
		);
	}
	if (error.status === 429) {
		const seconds = error.retryAfterMs === null ? null : Math.ceil(error.retryAfterMs / 1000);
		return new Failure(
			{
				code: 'hub-busy',
				message: said`The hub at ${host} received too many requests from this network (HTTP 429).`,
				next: [seconds === null ? said`Wait a minute and try again` : said`Try again in ${figure(seconds)} s`],
				detail,
			},
			{ cause: error },
		);
	}
	return new Failure(
		{
			code: 'hub-unreachable',
			message: said`Couldn’t reach ${host}: ${error.words}.`,
			next: error.isUnreachable
				? [said`Check the internet connection and try again`, said`Open ${origin} in a browser to check it`]
				: [said`Try again in a minute`, said`Open ${origin} in a browser to check it`],
			detail,
		},
		{ cause: error },
	);
}

/**
 * Returns whether access must be requested: the hub calls the repository gated, answers 403, or answers 401 to a token
 * without giving a reason. It also answers 401 for repositories that do not exist.
 */
function isGated(problem: NetworkProblem, hub: HubAddress): boolean {
	if (problem.reason === 'GatedRepo') return true;
	return problem.status === 403 || (problem.status === 401 && hub.token !== null && problem.reason === null);
}

/** Creates the failure for a repository whose owner requires something first. */
export function gatedFailure(repository: string, hub: HubAddress, cause: NetworkProblem): Failure {
	const page = `${hub.url.origin}/${repository}`;
	return new Failure(
		{
			code: 'hub-gated',
			message:
				cause.status === null
					? said`The repository ${repository} requires you to accept its terms before you download.`
					: said`The repository ${repository} requires you to accept its terms before you download (HTTP ${cause.status}).`,
			next: [
				said`Sign in at ${page}, accept the terms, download the file in the browser, then add it here`,
				hub.token === null
					? said`Or set an access token of ${hub.url.host} in the environment variable HF_TOKEN and restart Assay`
					: said`The access token in HF_TOKEN was sent: check that its account has accepted the terms`,
				said`Or choose another repository of the same model; many need no terms`,
			],
			detail: `${hub.url.host}: ${cause.message}`,
		},
		{ cause },
	);
}
