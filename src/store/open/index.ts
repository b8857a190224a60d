export { identityOf, type Resource, resourceOf, type Surroundings } from '../identity.js';
export { profileId } from '../profile-id.js';
export type {
  DiffQuestion,
  FleetDiff,
  FleetGrowth,
  FleetHistory,
  FleetLeaks,
  FleetSnapshot,
  FleetStatistic,
  FleetStatisticDiff,
  FleetStats,
  Identity,
  LeaksQuestion,
  Profile,
  StatsQuestion,
  Store,
} from '../store.js';
export { openStore, type StoreOptions } from './open-store.js';
