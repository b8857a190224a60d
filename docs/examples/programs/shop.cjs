// A service to trace. It keeps every order, and says "ready" when it has 50,000 of them. It runs until it is stopped.
class Order {
  constructor(id) {
    this.id = id;
    this.customer = `customer ${id}`;
  }
}

const orders = new Map();
const photos = [];

function addOrder(id) {
  orders.set(id, new Order(id));
}

for (let id = 0; id < 50_000; id++) addOrder(id);
photos.push(Buffer.alloc(8_000_000));
console.log('ready');
setInterval(() => addOrder(orders.size + photos.length), 1000);
