/** The results of all jobs, in their order, with at most `limit` of them under way. */
export async function atOnce<Job, Result>(limit: number, jobs: readonly Job[], run: (job: Job) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = [];
  const waiting = jobs.entries();
  const lane = async () => {
    for (const [index, job] of waiting) results[index] = await run(job);
  };
  await Promise.all(Array.from({ length: limit }, lane));
  return results;
}
